import { Grant } from '@croupier/contracts';

/** `releaser`, `releaser:acme/*` or `releaser:acme/slots:MT,SE`. @throws when it is none of them */
export function grantOf(text: string): Grant {
  const [role, subject, markets, ...rest] = text.split(':');
  const parsed = Grant.safeParse({ role, subject, markets: markets?.split(',') });
  if (parsed.success && rest.length === 0) return parsed.data;
  throw new Error(
    `${text} is no grant: give role, role:subject or role:subject:markets, as releaser:acme/*.`,
  );
}
