import { viewOf } from '../signals/view.js';
import { withCascade } from './cascade.js';
import { chooseModels } from './choose-models.js';
import { SignalBoard } from './classify.js';
import { blockedByRules, decideRoute } from './decide-route.js';
import { encodeOnce } from './encode-once.js';
import { findExact, waitForTwin } from './find-exact.js';
import { waitForNear } from './find-near.js';
import { findSimilar } from './find-similar.js';
import { forward, forwardAsAsked } from './forward.js';
import { hearSigns } from './hear-signs.js';
import { heedPersonalData } from './heed-personal-data.js';
import type { Inquiry } from './inquiry.js';
import { keepPersonalOut, keepReadPersonalOut, keepRedactedOut } from './keep-personal-out.js';
import { lookingTime } from './looking-time.js';
import { readPrompt } from './read-prompt.js';
import { readWholeOnce } from './read-whole.js';
import { block, notInCache, refuse, serve } from './replies.js';
import { searchOnce } from './search-personal-data.js';
import { leavesChoice } from './shadow.js';
import { openTicket } from './ticket.js';
import { note } from './trail.js';
import type { Verdict } from './verdict.js';

/**
 * The way of one prompt, in the order in which it happens: cheap checks before dear ones, guards before the cache,
 * the cache before the models. Each step either ends the way with a verdict or hands on to the next.
 *
 * @param raw the request body as the client sent it, compressed or not
 */
export async function handleRequest(inquiry: Inquiry, raw: Uint8Array): Promise<Verdict> {
  const prompt = await readPrompt(inquiry, raw);
  if (!prompt.ok) return refuse(inquiry, prompt.error);
  const { request } = prompt.value;

  const view = viewOf(request, inquiry.head.headers, inquiry.head.metadata);
  const board = new SignalBoard(inquiry.policy, view, inquiry.ledger.signals);
  note(inquiry, { view, board });
  const embed = encodeOnce(inquiry, request.ask);
  const time = lookingTime(inquiry);
  const readers = {
    embed,
    readWhole: readWholeOnce(inquiry, view, { embed, time }),
    search: searchOnce(inquiry, view, time),
  };
  const means = { view, readers, time };

  const ruledOut = await blockedByRules(inquiry, board, readers);
  if (!ruledOut.ok) return refuse(inquiry, ruledOut.error);
  if (ruledOut.value !== undefined) return block(inquiry, ruledOut.value);

  if (!leavesChoice(inquiry, request)) {
    return forwardAsAsked(inquiry, prompt.value, { board, readers, means });
  }

  hearSigns(inquiry, view);
  const opened = openTicket(inquiry, request, board);
  const exact = await findExact(inquiry, opened);
  if (exact !== undefined) return serve(inquiry, request, exact);

  const searched = await keepPersonalOut(inquiry, opened, view, readers);
  const shared = await waitForTwin(inquiry, searched, request);
  if (shared !== undefined) return serve(inquiry, request, shared);

  const decided = await decideRoute(inquiry, board, readers);
  if (!decided.ok) return refuse(inquiry, decided.error);
  if (decided.value.block !== undefined) return block(inquiry, decided.value.block);

  const heeded = await heedPersonalData(inquiry, prompt.value, { decided: decided.value, means });
  if (heeded.kind === 'ended') return heeded.verdict;

  const kept = heeded.isRedacted ? keepRedactedOut(inquiry, searched) : searched;
  const ticket = decided.value.cache ? await keepReadPersonalOut(inquiry, kept, view, readers) : kept;
  const similar = await findSimilar(inquiry, ticket, decided.value, embed);
  if (similar !== undefined) return serve(inquiry, request, similar);
  if (ticket.onlyIfCached) return refuse(inquiry, notInCache());

  const near = await waitForNear(inquiry, ticket, request);
  if (near !== undefined) return serve(inquiry, request, near);

  const going = { decided: heeded.decided, embed };
  const chosen = await chooseModels(heeded.inquiry, request, going);
  if (!chosen.ok) return refuse(heeded.inquiry, chosen.error);
  const models = await withCascade(heeded.inquiry, request, { models: chosen.value, ...going });
  return forward(heeded.inquiry, heeded.prompt, { models, ...going });
}
