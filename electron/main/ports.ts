/** The window's two ports: one to the host in this process, one straight to the engine's process, so that arrays never pass here. */
import { ipcMain, MessageChannelMain, type MessagePortMain } from 'electron';
import { z } from 'zod';
import { PORT_MESSAGE, type PortAnswer } from '../contract/bridge';
import { emitterPortChannel } from '../contract/channels';
import { hostContract } from '../contract/host';
import { serve } from '../contract/rpc';
import { type HostWindow, hostHandlers } from '../host/handlers';
import type { Host } from '../host/index';
import { isTrustedSender } from './security';

const requestSchema = z.object({ kind: z.enum(['host', 'engine']), nonce: z.string().max(64) });

/** `windowOf` finds what a page's window offers the host; pages without one get no port. */
export function servePorts(host: Host, windowOf: (contentsId: number) => HostWindow | undefined): void {
  ipcMain.on(PORT_MESSAGE, (event, request: unknown) => {
    const parsed = requestSchema.safeParse(request);
    const window = windowOf(event.sender.id);
    if (!parsed.success || !window || !isTrustedSender(event)) return;
    const { sender } = event;
    const { nonce } = parsed.data;
    const answer = (answered: PortAnswer, ports: MessagePortMain[] = []) => {
      if (!sender.isDestroyed()) sender.postMessage(PORT_MESSAGE, answered, ports);
    };
    const { port1, port2 } = new MessageChannelMain();
    answer({ nonce }, [port2]);
    if (parsed.data.kind === 'engine') {
      void host.engines.serveWindowPort(port1, emitterPortChannel, () => answer({ nonce, closed: true }));
      return;
    }
    const channel = emitterPortChannel(port1);
    serve(hostContract, hostHandlers(host, window), channel);
    channel.onClose(() => host.engines.forgetWindow(window));
  });
}
