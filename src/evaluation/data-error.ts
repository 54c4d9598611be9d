/** Something that is wrong with a file that the user named: `message` says where and what to do, and never what it holds. */
export class DataError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataError';
  }
}
