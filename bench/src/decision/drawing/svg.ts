type Attributes = Readonly<Record<string, string | number>>;

/** One element; its text has to be escaped by `text`. */
export function tag(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(
    ([attribute, value]) => ` ${attribute}="${typeof value === 'number' ? Number(value.toFixed(1)) : value}"`,
  );
  return children.length === 0
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${children.join('')}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return tag('text', { x, y, ...attributes }, escaped);
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return tag('line', { x1, y1, x2, y2, class: className });
}
