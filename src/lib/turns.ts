/** Work that can be put down between any two steps, each of which takes milliseconds at most. */
export interface Steps {
  /** Does the next step; false when there was none. */
  step(): boolean;
}

/**
 * Does some work without ever keeping the event loop for longer than one step: between two steps, of this work or of
 * others', all that waits for the loop has its turn.
 *
 * @param mayGoOn asked before each step; once it says no, the rest is left undone
 */
export function inTurns(work: Steps, mayGoOn: () => boolean = () => true): Promise<void> {
  return new Promise((resolve, reject) => {
    line.push({ work, mayGoOn, resolve, reject });
    callNext();
  });
}

interface Worker {
  readonly work: Steps;
  readonly mayGoOn: () => boolean;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/** One line for the whole process, because it has one loop: ten that step in one turn would keep it ten times as long. */
const line: Worker[] = [];
let isCalled = false;

function callNext(): void {
  if (isCalled || line.length === 0) return;
  isCalled = true;
  setImmediate(() => {
    isCalled = false;
    stepNext();
    callNext();
  });
}

function stepNext(): void {
  const worker = line.shift();
  if (worker === undefined) return;
  try {
    if (worker.mayGoOn() && worker.work.step()) line.push(worker);
    else worker.resolve();
  } catch (thrown) {
    worker.reject(thrown);
  }
}
