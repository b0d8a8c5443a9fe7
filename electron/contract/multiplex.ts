/**
 * Several channels over one: host and engine calls of a window share its WebSocket, and all engine channels share an
 * engine process's pipe. A lane that closes leaves the others open; the pipe's end is the end of all.
 */
import { z } from 'zod';
import type { Channel } from './channel';
import { Emitter } from './channels';

const frameSchema = z.union([
  z.object({ lane: z.string().max(64), message: z.unknown() }),
  z.object({ lane: z.string().max(64), state: z.enum(['open', 'closed']) }),
]);

export interface Multiplex {
  /** Opens a lane of that name; the other side's `onLane` hears of it. A name is used once. */
  lane(name: string): Channel;
  readonly pipe: Channel;
}

export interface MultiplexOptions {
  /** Called for every lane that the other side opens. Without it the other side may open none. */
  readonly onLane?: (name: string, channel: Channel) => void;
  /** Lanes open at once, 16 unless told. */
  readonly maxLanes?: number;
}

export function multiplex(channel: Channel, { onLane, maxLanes = 16 }: MultiplexOptions = {}): Multiplex {
  const lanes = new Map<string, Emitter>();

  const add = (name: string): Channel => {
    const emitter = new Emitter();
    lanes.set(name, emitter);
    return {
      post: (message) => {
        if (!emitter.closed) channel.post({ lane: name, message });
      },
      onMessage: emitter.onMessage,
      onClose: emitter.onClose,
      close: () => {
        if (emitter.closed) return;
        lanes.delete(name);
        channel.post({ lane: name, state: 'closed' });
        emitter.close();
      },
    };
  };

  channel.onMessage((frame) => {
    const parsed = frameSchema.safeParse(frame);
    if (!parsed.success) return;
    const { lane } = parsed.data;
    const emitter = lanes.get(lane);
    if ('message' in parsed.data) {
      emitter?.message(parsed.data.message);
    } else if (parsed.data.state === 'closed') {
      lanes.delete(lane);
      emitter?.close();
    } else if (!emitter) {
      if (onLane && lanes.size < maxLanes) onLane(lane, add(lane));
      else channel.post({ lane, state: 'closed' });
    }
  });
  channel.onClose(() => {
    const open = [...lanes.values()];
    lanes.clear();
    for (const emitter of open) emitter.close();
  });

  return {
    lane: (name) => {
      if (lanes.has(name)) throw new Error(`Lane ${name} is open already.`);
      const lane = add(name);
      channel.post({ lane: name, state: 'open' });
      return lane;
    },
    pipe: channel,
  };
}
