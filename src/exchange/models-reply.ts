import { SextantError } from '../lib/sextant-error.js';
import { pathOnly } from '../openai/api.js';
import { modelBody, modelsBody } from '../openai/models-list.js';
import { CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import { refuse } from './replies.js';
import type { Verdict } from './verdict.js';

const LIST_PATH = '/v1/models';

/** Lists the virtual models first, then the real ones, or tells of one of them. */
export function modelsReply(inquiry: Inquiry): Verdict {
  const { policy, service, ledger, head } = inquiry;
  const entries = [
    ...[...policy.virtualModels].map((id) => ({ id, ownedBy: 'sextant' })),
    ...policy.models.map((card) => ({ id: card.name, ownedBy: card.cluster })),
  ];
  const createdS = Math.floor(service.clock.nowMs() / 1000);
  const path = pathOnly(head.path);
  const asked = path === LIST_PATH ? undefined : path.slice(LIST_PATH.length + 1);
  const one = entries.find((entry) => entry.id === asked);
  if (asked !== undefined && one === undefined) {
    const names = entries.map((entry) => entry.id).join(', ');
    return refuse(
      inquiry,
      new SextantError('model_not_found', `There is no such model here. There are: ${names}.`, {
        param: 'model',
      }),
    );
  }
  ledger.path = 'passthrough';
  ledger.status = 200;
  return {
    kind: 'reply',
    status: 200,
    headers: [{ name: CONTENT_TYPE, value: 'application/json' }],
    body: one === undefined ? modelsBody(entries, createdS) : modelBody(one, createdS),
  };
}
