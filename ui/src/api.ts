/** What the admin listener said instead of an answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

const TOKEN_KEY = 'sextant-token';

/** Kept for this tab alone, and gone with it. */
export function token(): string {
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

export function keepToken(value: string): void {
  if (value === '') sessionStorage.removeItem(TOKEN_KEY);
  else sessionStorage.setItem(TOKEN_KEY, value);
}

/** Who shows the sign-in is told here that a token is asked for. */
export const signInNeeded = new EventTarget();

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return send(path, { signal: signal ?? null }).then((response) => response.json() as Promise<T>);
}

export function post<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null };
  return send(path, init).then((response) => response.json() as Promise<T>);
}

/** Addresses are relative, so that the page works behind a prefix. @throws ApiError for anything but 2xx */
export async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await sendAny(path, init);
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** As `send`, and an error of the gateway is an answer like any other. */
export async function sendAny(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token() !== '') headers.set('authorization', `Bearer ${token()}`);
  const response = await fetch(path, { ...init, headers, credentials: 'omit', redirect: 'error' });
  if (response.status === 401) signInNeeded.dispatchEvent(new Event('needed'));
  return response;
}

export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: { message: string; code: string | null } };
    return new ApiError(response.status, error.code ?? '', error.message);
  } catch {
    return new ApiError(response.status, '', text.slice(0, 300) || `The answer was ${response.status}.`);
  }
}

/** A sentence for a person, whatever was thrown. */
export function sentence(thrown: unknown): string {
  if (thrown instanceof ApiError) return thrown.message;
  return thrown instanceof TypeError ? 'Sextant does not answer. Is it running?' : String(thrown);
}
