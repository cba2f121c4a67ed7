import { createContext, useContext, useState, type FormEvent, type ReactNode } from 'react';
import { Refusal, send } from './api/call';

const KEY = 'croupier.operator-token';

const Session = createContext<{ token: string; signOut: () => void } | null>(null);

export function useSession(): { token: string; signOut: () => void } {
  const session = useContext(Session);
  if (!session) throw new Error('Nobody has signed in');
  return session;
}

export function SignedIn({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(() => sessionStorage.getItem(KEY));
  if (token === null)
    return (
      <SignIn
        onToken={(accepted) => {
          sessionStorage.setItem(KEY, accepted);
          setToken(accepted);
        }}
      />
    );
  const signOut = () => {
    sessionStorage.removeItem(KEY);
    setToken(null);
  };
  return <Session.Provider value={{ token, signOut }}>{children}</Session.Provider>;
}

function SignIn({ onToken }: { onToken: (token: string) => void }) {
  const [fault, setFault] = useState<string | null>(null);
  async function check(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const token = (new FormData(event.currentTarget).get('token') as string).trim();
    try {
      await send(token, { method: 'GET', path: '/api/deployer/v1/releases?limit=1' });
      onToken(token);
    } catch (error) {
      const refused = error instanceof Refusal && error.problem.status === 401;
      setFault(
        refused ? 'This token is not accepted.' : `It cannot be checked now: ${(error as Error).message}`,
      );
    }
  }
  return (
    <main className="signin">
      <form className="card" onSubmit={(event) => void check(event)}>
        <h1>Croupier</h1>
        <p className="muted">Sign in with the operators’ token. It stays in this tab.</p>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autoComplete="off"
          autoFocus
          aria-describedby="fault"
        />
        <p id="fault" role="alert" className="fault">
          {fault}
        </p>
        <button className="primary">Sign in</button>
      </form>
    </main>
  );
}
