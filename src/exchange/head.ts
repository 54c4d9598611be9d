import { SextantError } from '../lib/sextant-error.js';
import { apiOf, pathOnly } from '../openai/api.js';
import { reservedNames } from './forward.js';
import type { Inquiry } from './inquiry.js';
import { modelsReply } from './models-reply.js';
import { refuse } from './replies.js';
import type { HeadVerdict } from './verdict.js';

/** What the request's head alone decides: which API it is, and whether its body is worth waiting for. */
export function answerHead(inquiry: Inquiry): HeadVerdict {
  const { head } = inquiry;
  const api = apiOf(head.path);
  if (api === 'other') return letPassOrRefuse(inquiry);
  if (api === 'models') {
    return head.method === 'GET' || head.method === 'HEAD'
      ? modelsReply(inquiry)
      : wrongMethod(inquiry, 'GET');
  }
  if (head.method !== 'POST') return wrongMethod(inquiry, 'POST');
  if (head.endOfStream) {
    return refuse(inquiry, new SextantError('invalid_json', 'The request has no body. Send a JSON object.'));
  }
  return { kind: 'read-body' };
}

/** vLLM serves more paths than people guard: only those pass that an unguarded route names. */
function letPassOrRefuse(inquiry: Inquiry): HeadVerdict {
  const { policy, head, ledger } = inquiry;
  if (!policy.guarded && policy.passPaths.has(pathOnly(head.path))) {
    ledger.path = 'passthrough';
    ledger.cache = 'bypass';
    ledger.cacheReason = 'path';
    return { kind: 'pass', setHeaders: [], removeHeaders: reservedNames(inquiry) };
  }
  return refuse(
    inquiry,
    new SextantError(
      'unknown_path',
      'This path is not served here. Use /v1/chat/completions, /v1/completions, /v1/embeddings or /v1/models; an ' +
        'operator can let others through with `pass_paths` on an unguarded route.',
    ),
  );
}

function wrongMethod(inquiry: Inquiry, allowed: string): HeadVerdict {
  return refuse(inquiry, new SextantError('method_not_allowed', `Use ${allowed} on this path.`));
}
