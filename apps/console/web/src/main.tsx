import '@fontsource-variable/inter/wght.css';
import './style.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Link, Route, Switch, useLocation } from 'wouter';
import { LiveProvider, useLive } from './live/live-context';
import { Audit } from './pages/audit';
import { AuditRecordPage } from './pages/audit-record';
import { DeadLetters } from './pages/dead-letters';
import { Flags } from './pages/flags';
import { Invalidation } from './pages/invalidation';
import { Invalidations } from './pages/invalidations';
import { Migrations } from './pages/migrations';
import { Providers } from './pages/providers';
import { Approvals, Release, Releases, Rollouts } from './pages/releases';
import { Webhook } from './pages/webhook';
import { Where } from './pages/where';
import { SignedIn, useSession } from './session';

const PAGES = [
  ['/', 'Rollouts', Rollouts],
  ['/where', 'What runs where', Where],
  ['/releases', 'Releases', Releases],
  ['/approvals', 'Approvals', Approvals],
  ['/providers', 'Providers', Providers],
  ['/dead-letters', 'Dead letters', DeadLetters],
  ['/flags', 'Flags', Flags],
  ['/migrations', 'Migrations', Migrations],
  ['/invalidations', 'Invalidations', Invalidations],
  ['/audit', 'Audit', Audit],
] as const;

const THEME = 'croupier.theme';

function Shell() {
  const { signOut } = useSession();
  const { connected } = useLive();
  const [here] = useLocation();
  const [theme, setTheme] = useState(() => localStorage.getItem(THEME) ?? 'auto');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(THEME, theme);
  }, [theme]);
  return (
    <>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        <strong>Croupier</strong>
        <span role="status" className={`state ${connected ? 'good' : 'wait'}`}>
          {connected ? '● live' : '○ connecting'}
        </span>
        <span className="spring" />
        <label>
          Theme{' '}
          <select value={theme} onChange={({ target }) => setTheme(target.value)}>
            {['auto', 'light', 'dark'].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button onClick={signOut}>Sign out</button>
      </header>
      <nav aria-label="Pages">
        {PAGES.map(([path, name]) => (
          <Link key={path} href={path} aria-current={here === path ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        <Switch>
          {PAGES.map(([path, , Page]) => (
            <Route key={path} path={path} component={Page} />
          ))}
          <Route path="/releases/:id">{({ id }) => <Release key={id} id={id} />}</Route>
          <Route path="/webhooks/:id">{({ id }) => <Webhook key={id} id={id} />}</Route>
          <Route path="/invalidations/:id">{({ id }) => <Invalidation key={id} id={id} />}</Route>
          <Route path="/audit/:tenant/:sequence">
            {({ tenant, sequence }) => <AuditRecordPage tenant={tenant} sequence={sequence} />}
          </Route>
          <Route>
            <h1>There is no such page</h1>
          </Route>
        </Switch>
      </main>
    </>
  );
}

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={new QueryClient()}>
    <SignedIn>
      <LiveProvider>
        <Shell />
      </LiveProvider>
    </SignedIn>
  </QueryClientProvider>,
);
