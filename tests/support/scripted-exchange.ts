import type {
  Exchange,
  HeadVerdict,
  OpenExchange,
  ResponseHeadVerdict,
  Verdict,
} from '../../src/exchange/verdict.js';

/** What a scripted story answers; a missing line gets a plain default. */
export interface Script {
  readonly requestHead?: HeadVerdict;
  readonly requestBody?: Verdict | (() => Promise<Verdict>);
  readonly responseHead?: ResponseHeadVerdict;
  /** What goes on in the place of a piece; left out, the piece. */
  readonly rewriteBody?: (piece: Uint8Array) => Uint8Array;
  /** How much time the story asks for before it decides on the body; it asks twice, to see that once is heard. */
  readonly askForTimeMs?: number;
  /** Methods that throw. */
  readonly throwIn?: readonly string[];
}

export const PLAIN_FORWARD: Verdict = {
  kind: 'forward',
  setHeaders: [{ name: 'x-sextant-cluster', value: 'small' }],
  removeHeaders: [],
  body: undefined,
};

/** An exchange that says what the script says, and keeps what it was told, one line for each call. */
export function scriptedExchange(script: Script, told: string[]): OpenExchange {
  return (route) => {
    const note = (method: string, detail = '') => {
      told.push(detail === '' ? method : `${method} ${detail}`);
      if (script.throwIn?.includes(method)) throw new TypeError(`scripted: ${method}`);
    };
    note('open', route ?? '');
    const exchange: Exchange = {
      requestHead: (head) => {
        note('requestHead', `${head.method} ${head.path}${head.endOfStream ? ' end' : ''}`);
        return script.requestHead ?? { kind: 'read-body' };
      },
      requestBody: async (body, askForTime) => {
        note('requestBody', Buffer.from(body).toString());
        if (script.askForTimeMs !== undefined) {
          askForTime(script.askForTimeMs);
          askForTime(script.askForTimeMs * 2);
        }
        const { requestBody } = script;
        return typeof requestBody === 'function' ? requestBody() : (requestBody ?? PLAIN_FORWARD);
      },
      responseHead: (head) => {
        note('responseHead', `${head.status}${head.endOfStream ? ' end' : ''}`);
        return script.responseHead ?? { setHeaders: [], removeHeaders: [], readBody: false };
      },
      rewriteBody: (piece, endOfStream) => {
        note('rewriteBody', `${Buffer.from(piece).toString()}${endOfStream ? ' end' : ''}`);
        return script.rewriteBody?.(piece) ?? piece;
      },
      responseBody: (piece, endOfStream) => {
        note('responseBody', `${Buffer.from(piece).toString()}${endOfStream ? ' end' : ''}`);
      },
      fail: (error) => {
        note('fail', error.code);
        return { kind: 'reject', error, headers: [{ name: 'x-sextant-path', value: 'error' }] };
      },
      close: () => note('close'),
    };
    return exchange;
  };
}
