/** A fence of the language `mermaid` becomes a drawing, made in the browser in the colours of its theme. */
export function drawMermaid(md) {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<MermaidDrawing source="${encodeURIComponent(content)}" />`;
  };
}
