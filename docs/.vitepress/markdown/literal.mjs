/** Inline code is shown as it is written: Vue would take `{{version}}` for an expression of its own. */
export function showCodeLiterally(md) {
  const inline = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (tokens, index, ...rest) => {
    tokens[index].attrSet('v-pre', '');
    return inline(tokens, index, ...rest);
  };
}
