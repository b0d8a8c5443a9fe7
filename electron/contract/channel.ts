/**
 * The pipe under every contract: a MessagePort, a WebSocket, a worker or a child process, all seen the same way.
 * Messages are plain data with typed arrays in them (structured clone or MessagePack); nothing else may travel.
 */
export interface Channel {
  post(message: unknown): void;
  /** Returns the function that stops listening. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called once when the other side is gone (crash, closed socket, ended process). */
  onClose(listener: () => void): () => void;
  close(): void;
}
