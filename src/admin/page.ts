/** One answer of the admin listener. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function plain(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text };
}

export function json(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Page {
  return { status, contentType: 'application/json', text, headers };
}
