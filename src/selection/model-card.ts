import type { Modality } from '../openai/request.js';
import type { ReasoningCard } from './reasoning.js';

/** One upstream model: what it costs, what it can read, and which Envoy cluster serves it. */
export interface ModelCard {
  /** The name written into the request body. */
  readonly name: string;
  /** The Envoy cluster that serves it. */
  readonly cluster: string;
  /** Tokens that prompt and answer may take together. */
  readonly contextWindow: number;
  /** USD per million tokens. */
  readonly price: { readonly input: number; readonly output: number };
  /** Billions of active parameters; 0 when unknown. */
  readonly parametersB: number;
  readonly modalities: readonly Modality[];
  /** Relative preference among the models of one decision; higher is preferred. */
  readonly weight: number;
  /** What routers call it, where that is not its name. */
  readonly routerModel?: string | undefined;
  /** Share of prompts that it answers well, 0 to 1: what counts where a router does not know it. */
  readonly quality?: number | undefined;
  /** How it is told to think; absent where nobody tells it. */
  readonly reasoning?: ReasoningCard | undefined;
}
