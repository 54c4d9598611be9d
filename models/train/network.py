"""The trunk and its heads: token ids in, one cache embedding and every head's answer out."""

import torch
from torch import nn

from labels import DOCUMENT, DOMAINS, GUARD, INTENTS, PII_TAGS, SIZE_CLASSES

DIMENSION = 384
SEQUENCE_HEADS = {
    "domain": len(DOMAINS),
    "intent": len(INTENTS),
    "difficulty": len(SIZE_CLASSES),
    "guard": len(GUARD),
    "document": len(DOCUMENT),
}


class PooledHead(nn.Module):
    """Reads the tokens by attention of its own beside their mean, so that one odd sentence in a long text counts."""

    def __init__(self, outputs: int, hidden: int = 128):
        super().__init__()
        self.score = nn.Linear(DIMENSION, 1)
        self.dense = nn.Linear(2 * DIMENSION, hidden)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(hidden, outputs)

    def features(self, hidden, mask, mean):
        scores = self.score(hidden).squeeze(-1) + (1.0 - mask) * -1e4
        picked = (scores.softmax(1).unsqueeze(-1) * hidden).sum(1)
        return nn.functional.gelu(self.dense(torch.cat([picked, mean], 1)))

    def forward(self, hidden, mask, mean):
        return self.out(self.drop(self.features(hidden, mask, mean)))


class TrunkWithHeads(nn.Module):
    """`aux` heads shape the features in training and are not exported."""

    def __init__(self, bert, aux=None):
        super().__init__()
        self.bert = bert
        self.heads = nn.ModuleDict({name: PooledHead(count) for name, count in SEQUENCE_HEADS.items()})
        self.features = PooledHead(1, hidden=DIMENSION)
        self.aux = nn.ModuleDict({name: nn.Linear(DIMENSION, count) for name, count in (aux or {}).items()})
        self.pii = nn.Linear(DIMENSION, len(PII_TAGS))
        self.drop = nn.Dropout(0.1)

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.to(hidden.dtype)
        weights = mask.unsqueeze(-1)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        out = {"embedding": mean / mean.norm(p=2, dim=1, keepdim=True).clamp(min=1e-12)}
        out["features"] = self.features.features(hidden, mask, mean)
        for name, head in self.heads.items():
            out[name] = head(hidden, mask, mean)
        out["pii"] = self.pii(hidden)
        if self.training:
            for name, head in self.aux.items():
                out[name] = head(self.drop(out["features"]))
        return out
