/** Ends something that the demo began. The newest goes first. */
export type Undo = () => Promise<void>;
