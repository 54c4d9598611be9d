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
HIDDEN = 128
MIDDLE = 4
# A few activations of the original reach 24 where nearly all stay below 4, and int8 spends its 256 steps on that range.
GELU_MAX = 4.0


class ClippedGelu(nn.Module):
    def forward(self, values):
        return nn.functional.gelu(values).clamp(max=GELU_MAX)


class TokenHead(nn.Module):
    """Tags every token. The middle layer still knows spelling and place that the last one gives up for meaning."""

    def __init__(self, outputs: int, hidden: int = 128):
        super().__init__()
        self.dense = nn.Linear(2 * DIMENSION, hidden)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, middle, last):
        return self.out(self.drop(nn.functional.gelu(self.dense(torch.cat([middle, last], 2)))))


class TrunkWithHeads(nn.Module):
    """
    Every head reads the tokens by attention of its own beside their mean, so that one odd sentence in a long text counts.
    `aux` heads shape the features in training and are not exported.
    """

    def __init__(self, bert, aux=None):
        super().__init__()
        self.bert = bert
        for layer in bert.encoder.layer:
            layer.intermediate.intermediate_act_fn = ClippedGelu()
        self.names = (*SEQUENCE_HEADS, "features")
        self.score = nn.Linear(DIMENSION, len(self.names))
        self.dense = nn.ModuleDict({name: nn.Linear(2 * DIMENSION, HIDDEN) for name in SEQUENCE_HEADS})
        self.dense["features"] = nn.Linear(2 * DIMENSION, DIMENSION)
        self.out = nn.ModuleDict({name: nn.Linear(HIDDEN, count) for name, count in SEQUENCE_HEADS.items()})
        self.aux = nn.ModuleDict({name: nn.Linear(DIMENSION, count) for name, count in (aux or {}).items()})
        self.pii = TokenHead(len(PII_TAGS))
        self.drop = nn.Dropout(0.1)

    def forward(self, input_ids, attention_mask, token_type_ids):
        layers = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids, output_hidden_states=True
        ).hidden_states
        hidden = layers[-1]
        mask = attention_mask.to(hidden.dtype)
        weights = mask.unsqueeze(-1)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        out = {"embedding": mean / mean.norm(p=2, dim=1, keepdim=True).clamp(min=1e-12)}
        scores = self.score(hidden) + (1.0 - weights) * -1e4
        picked = torch.matmul(scores.softmax(1).transpose(1, 2), hidden)
        read = {}
        for index, name in enumerate(self.names):
            read[name] = nn.functional.gelu(self.dense[name](torch.cat([picked[:, index], mean], 1)))
        for name in SEQUENCE_HEADS:
            out[name] = self.out[name](self.drop(read[name]))
        out["features"] = read["features"]
        out["pii"] = self.pii(layers[MIDDLE], hidden)
        if self.training:
            for name, head in self.aux.items():
                out[name] = head(self.drop(out["features"]))
        return out
