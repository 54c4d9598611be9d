import type { Modality } from '../openai/request.js';
import type { ReasoningCard } from './reasoning.js';

/** A LoRA adapter. */
export interface LoraCard {
  /** The name under which the pool serves it, which goes into the request body. */
  readonly adapter: string;
  /** Name of the model that it is an adapter of, where that one has a card as well. */
  readonly base: string | undefined;
}

/** One upstream model: what it costs, what it can read, and which Envoy cluster serves it. */
export interface ModelCard {
  /** Written into the request body, unless it is an adapter. */
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
  /** False where it knows no tools. */
  readonly tools?: boolean | undefined;
  /** Regions that its servers are in; absent where nobody says. */
  readonly residency?: readonly string[] | undefined;
  /** Relative preference among the models of one decision; higher is preferred. */
  readonly weight: number;
  /** What routers call it, where that is not its name. */
  readonly routerModel?: string | undefined;
  /** Share of prompts that it answers well, 0 to 1: what counts where a router does not know it. */
  readonly quality?: number | undefined;
  /** Set where it is an adapter on a base model. */
  readonly lora?: LoraCard | undefined;
  /** How it is told to think; absent where nobody tells it. */
  readonly reasoning?: ReasoningCard | undefined;
}

/** The name that its pool knows it by. */
export function servedName({ name, lora }: ModelCard): string {
  return lora?.adapter ?? name;
}
