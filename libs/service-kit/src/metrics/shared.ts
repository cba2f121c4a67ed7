/** Whoever asks while an answer is under way gets that one. */
export function shared<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | null = null;
  return () =>
    (asked ??= ask().finally(() => {
      asked = null;
    }));
}
