/**
 * The bridge, and nothing else: a window asks for a port, and gets it as a message that carries its nonce. Ports cannot
 * cross `contextBridge`, so they cross by `window.postMessage` within the same page (VS Code hands its own over the same way).
 */
import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, type Bridge, PORT_MESSAGE, type PortAnswer } from '../contract/bridge';

const bridge: Bridge = {
  requestPort: (kind, nonce) => ipcRenderer.send(PORT_MESSAGE, { kind, nonce }),
};

ipcRenderer.on(PORT_MESSAGE, (event, answer: PortAnswer) => {
  window.postMessage({ type: PORT_MESSAGE, ...answer }, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);
