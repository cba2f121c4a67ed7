import { existsSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { relative as relativeUrl } from 'node:path/posix';

/**
 * Links that are right on a code host and would be dead on the site: out of docs/, and to or from a page that the site
 * has elsewhere (`rewrites`), such as a folder's README.md.
 *
 * A link out of docs/ leads to `sourceUrl`, the address of the repository's files (`https://host/croupier/blob/main`).
 * Without one it becomes text that names the file. Whether the file is there is checked either way: the site checks
 * its own pages only.
 *
 * @throws Error that names the page and the link, when nothing is where the link leads
 */
export function leadOut(md, { docs, sourceUrl, rewrites }) {
  const repository = resolve(docs, '..');

  md.core.ruler.push('lead-out', ({ tokens, env }) => {
    for (const { children } of tokens.filter(({ type }) => type === 'inline')) {
      children.forEach((token, index) => {
        if (token.type !== 'link_open') return;
        const href = token.attrGet('href');
        if (/^([a-z]+:|#|\/)/.test(href)) return;
        const [path, fragment] = href.split('#');
        const target = normalize(join(dirname(env.realPath ?? env.path), path));
        if (!existsSync(target)) throw new Error(`${env.relativePath}: the link ${href} leads nowhere`);
        if (relative(docs, target).startsWith('..')) leave(children, index, relative(repository, target));
        else token.attrSet('href', `${pathFrom(env, target)}${fragment === undefined ? '' : `#${fragment}`}`);
      });
    }
  });

  /** From where the site has the page to where it has the target, which may be a folder. */
  function pathFrom({ relativePath }, target) {
    const file = relative(docs, target);
    const folder = target.endsWith('/') ? '/' : '';
    return `./${relativeUrl(dirname(relativePath), rewrites[file] ?? file)}${folder}`;
  }

  function leave(children, index, file) {
    if (sourceUrl) {
      children[index].attrSet('href', `${sourceUrl.replace(/\/$/, '')}/${file}`);
      return;
    }
    const close = children.findIndex(({ type }, position) => position > index && type === 'link_close');
    for (const token of [children[index], children[close]]) token.tag = 'span';
    children[index].attrs = [['title', file]];
    // VitePress renders these types as links, whatever their tag.
    children[index].type = 'span_open';
    children[close].type = 'span_close';
  }
}
