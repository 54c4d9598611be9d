/** Header fields of one HTTP message. Names are lower case, as HTTP/2 and Envoy write them. */
export type Headers = ReadonlyMap<string, string>;

/** One header to set on a message, replacing whatever stands there under that name. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** The media type that a `content-type` names, in lower case and without parameters. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase();
}
