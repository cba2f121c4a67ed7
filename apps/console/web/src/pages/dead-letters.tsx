import type { DeadLetterDetail, DeadLetterPage } from '@croupier/contracts';
import { Action } from '../parts/action';
import { Disclosure } from '../parts/disclosure';
import { Answer, State } from '../parts/query';

const CONSUMING = ['registry', 'deployer', 'flags', 'cache', 'migrator', 'alerts'];

export function DeadLetters() {
  return (
    <>
      <h1>Dead letters</h1>
      {CONSUMING.map((service) => (
        <section key={service} aria-label={service}>
          <h2>{service}</h2>
          <Answer<DeadLetterPage>
            service={service}
            path="/v1/dead-letters"
            empty="None is open."
            everyMs={5_000}
            isEmpty={({ deadLetters }) => deadLetters.length === 0}
          >
            {({ deadLetters }) =>
              deadLetters.map((letter) => (
                <Disclosure
                  key={letter.id}
                  summary={
                    <>
                      <State of={letter.state} /> {letter.type}: {letter.error}
                    </>
                  }
                >
                  <div className="row">
                    {(['replay', 'discard'] as const).map((command) => (
                      <Action
                        key={command}
                        danger={command === 'discard'}
                        label={command === 'replay' ? 'Replay' : 'Discard'}
                        title={`${command === 'replay' ? 'Replay' : 'Discard'} ${letter.type}`}
                        callOf={(reason) => ({
                          method: 'POST',
                          path: `/api/${service}/v1/dead-letters/${letter.id}/${command}`,
                          body: { reason },
                        })}
                      />
                    ))}
                  </div>
                  <Answer<DeadLetterDetail> service={service} path={`/v1/dead-letters/${letter.id}`} empty="">
                    {({ event, attempts }) => (
                      <>
                        <p>{attempts} attempts</p>
                        <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
                      </>
                    )}
                  </Answer>
                </Disclosure>
              ))
            }
          </Answer>
        </section>
      ))}
    </>
  );
}
