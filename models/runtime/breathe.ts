/**
 * Lets messages in: onnxruntime's calls block their thread, and a cancel that arrived meanwhile is only seen once the event
 * loop has turned. A timer would wait (4 ms in a browser); a message does not.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
