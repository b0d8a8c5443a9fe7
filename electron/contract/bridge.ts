/** The bridge between a window and Electron's main, kept apart so that the preload bundle holds nothing else. */

/** What the preload puts on the window in Electron: it asks main for a port, which arrives as a message with the same nonce. */
export interface Bridge {
  requestPort(kind: 'host' | 'engine', nonce: string): void;
}

export const BRIDGE_NAME = 'perceiverLab';
/** Type of the message that carries a port, and IPC channel of the same name between preload and main. */
export const PORT_MESSAGE = 'perceiver-lab:port';

/** What main answers to a request: a port comes with the first, and `closed` says later that the far end is gone. */
export interface PortAnswer {
  readonly nonce: string;
  readonly closed?: true;
}
