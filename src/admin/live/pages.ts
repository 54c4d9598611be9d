import { setTimeout as wait } from 'node:timers/promises';
import { atOnce } from '../at-once.js';
import { type Page, shown } from '../page.js';
import type { Route } from '../routes.js';
import type { Live } from './live.js';
import type { LivePage } from './view.js';

/** Tabs that may look on at the same time. */
const WATCHERS_MAX = 16;
/** New exchanges are told so often. Milliseconds. */
const TICK_MS = 500;
/** The figures of the hour are told every so many ticks where there was an exchange, and later where there was none. */
const VIEW_TICKS = 4;
const QUIET_TICKS = 20;
/** A comment, which readers of events skip. */
const BEAT = ':\n\n';
/** Of a burst, so many exchanges are told one by one; all of them are in the figures. */
const BURST_MAX = 40;

/** `GET /live`, the last hour, and `GET /live/events`, the same and what follows, as a stream of events. */
export function livePages(live: Live): readonly Route[] {
  const places = atOnce(WATCHERS_MAX, 'dashboards are open');
  return [
    { method: 'GET', path: '/live', page: async () => shown(await pageOf(live)) },
    {
      method: 'GET',
      path: '/live/events',
      page: async () => {
        const events = eventsOf(live, places.enter);
        // Begun here, so that whoever ends it early gives the place back.
        const first = await events.next();
        return { ...EVENTS, text: first.value ?? '', more: events };
      },
    },
  ];
}

const EVENTS: Omit<Page, 'text'> = {
  status: 200,
  contentType: 'text/event-stream; charset=utf-8',
  headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
};

async function pageOf(live: Live): Promise<LivePage> {
  return { ...(await live.view()), exchanges: live.after(0) };
}

async function* eventsOf(live: Live, enter: () => () => void): AsyncGenerator<string, undefined> {
  const leave = enter();
  try {
    const page = await pageOf(live);
    yield event('page', page);
    let told = page.seq;
    let viewed = page.seq;
    for (let tick = 1; ; tick += 1) {
      await wait(TICK_MS, undefined, { ref: false });
      const seq = live.seq();
      // Also where there is nothing to tell: only at a piece does it hear that nobody looks on any more.
      if (seq === told) yield BEAT;
      else {
        yield event('exchanges', { exchanges: live.after(told, BURST_MAX) });
        told = seq;
      }
      if (tick % (seq > viewed ? VIEW_TICKS : QUIET_TICKS) === 0) {
        const view = await live.view();
        viewed = view.seq;
        yield event('view', view);
      }
    }
  } finally {
    leave();
  }
}

function event(name: string, value: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
