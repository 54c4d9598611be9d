"""The pair judge: what the encoder makes of each token of two questions, and what their raw strings say, in; one logit out.

The encoder reads each question alone, as it does for its embedding, so its knowledge of what words mean is kept whole: the
judge has too few pairs to learn that from. A small network lets the tokens of both questions look at one another, finds each
one's counterpart and sums up what has none: one unmatched word is enough to make another question, which a mean or the class
token would drown. Nothing in it knows which question came first.
"""

import torch
from torch import nn

from network import DIMENSION, MIDDLE, ClippedGelu

CLS, SEP = 101, 102
WIDTH = 192
HEADS = 6
BLOCKS = 2
ALIGN = 96
UNMATCHED = 96
MIXED = 64
FAR = -1e4


class Block(nn.Module):
    """Attention over the tokens of both questions; each head may weigh its own question against the other one."""

    def __init__(self, drop):
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.read = nn.Linear(WIDTH, 3 * WIDTH)
        self.write = nn.Linear(WIDTH, WIDTH)
        self.wide = nn.Linear(WIDTH, 2 * WIDTH)
        self.back = nn.Linear(2 * WIDTH, WIDTH)
        self.sides = nn.Parameter(torch.zeros(2, HEADS))
        self.drop = nn.Dropout(drop)

    def forward(self, tokens, across, hidden_from):
        count, length, _ = tokens.shape
        query, key, value = (
            part.reshape(count, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.read(self.before(tokens)).chunk(3, 2)
        )
        side = across.unsqueeze(1)
        scores = torch.matmul(query, key.transpose(2, 3)) / (WIDTH // HEADS) ** 0.5
        scores = scores + side * self.sides[0].reshape(1, HEADS, 1, 1) + (1 - side) * self.sides[1].reshape(1, HEADS, 1, 1)
        seen = torch.matmul((scores + hidden_from.unsqueeze(1)).softmax(3), value)
        tokens = tokens + self.drop(self.write(seen.transpose(1, 2).reshape(count, length, WIDTH)))
        return tokens + self.drop(self.back(nn.functional.gelu(self.wide(self.between(tokens)))))


class PairHead(nn.Module):
    """`features` numbers a pair: they come as the mean and the distance of both orders."""

    def __init__(self, features, drop=0.15):
        super().__init__()
        self.low = nn.Linear(DIMENSION, WIDTH)
        self.high = nn.Linear(DIMENSION, WIDTH)
        self.nearness = nn.Linear(4, WIDTH)
        self.blocks = nn.ModuleList([Block(drop) for _ in range(BLOCKS)])
        self.align = nn.Linear(WIDTH, ALIGN)
        self.compare = nn.Linear(4 * ALIGN, UNMATCHED)
        self.drop = nn.Dropout(drop)
        self.mix = nn.Linear(4 * UNMATCHED + features + 1, MIXED)
        self.out = nn.Linear(MIXED, 1)
        self.straight = nn.Linear(features + 1, 1)

    def forward(self, ids, mask, low, high, features):
        """Of n pairs: ids, mask [2n, t], the first n rows being the one side; low, high [2n, t, 384]; features [n, f]."""
        pairs = ids.shape[0] // 2
        words = mask * (ids != CLS).to(mask.dtype) * (ids != SEP).to(mask.dtype)
        one, other = words[:pairs], words[pairs:]
        real = torch.cat([one, other], 1)
        first = torch.cat([one, torch.zeros_like(other)], 1)
        second = real - first
        across = first.unsqueeze(2) * second.unsqueeze(1) + second.unsqueeze(2) * first.unsqueeze(1)
        hidden_from = (1 - real.unsqueeze(1)) * FAR
        both = torch.cat([ids[:pairs], ids[pairs:]], 1)
        low, high = (torch.cat([part[:pairs], part[pairs:]], 1) for part in (low, high))
        near = torch.cat([self.nearest(low, across), self.nearest(high, across), self.equals(both, across)], 2)
        tokens = self.low(self.drop(low)) + self.high(self.drop(high)) + self.nearness(near)
        for block in self.blocks:
            tokens = block(tokens, across, hidden_from)
        unmatched = self.unmatched(tokens, across)
        pooled = []
        for side in (first, second):
            weighted = unmatched * side.unsqueeze(2)
            pooled.append(torch.log1p(weighted.sum(1)))
            pooled.append(weighted.amax(1))
        meeting = [pooled[0] + pooled[2], (pooled[0] - pooled[2]).abs(), pooled[1] + pooled[3], (pooled[1] - pooled[3]).abs()]
        told = torch.cat([features, self.cosine(high, first, second)], 1)
        mixed = nn.functional.gelu(self.mix(self.drop(torch.cat([*meeting, told], 1))))
        return (self.out(mixed) + self.straight(told)).squeeze(1)

    def nearest(self, tokens, across):
        """How near each token's best counterpart is, before anything was learnt."""
        unit = tokens / tokens.norm(p=2, dim=2, keepdim=True).clamp(min=1e-6)
        cosines = torch.matmul(unit, unit.transpose(1, 2))
        return (cosines * across - 2 * (1 - across)).amax(2, keepdim=True).clamp(min=-1)

    def equals(self, ids, across):
        """Whether the other side has the same token, and whether its neighbour there is the same as here."""
        equal = (ids.unsqueeze(2) == ids.unsqueeze(1)).to(across.dtype) * across
        following = torch.cat([equal[:, 1:, 1:], torch.zeros_like(equal[:, 1:, :1])], 2)
        following = torch.cat([following, torch.zeros_like(equal[:, :1, :])], 1)
        return torch.stack([equal.amax(2), (equal * following).amax(2)], 2)

    def unmatched(self, tokens, across):
        keys = self.align(tokens)
        scores = torch.matmul(keys, keys.transpose(1, 2)) / ALIGN**0.5 + (1 - across) * FAR
        counterpart = torch.matmul(scores.softmax(2), keys)
        apart = torch.cat([keys, counterpart, (keys - counterpart).abs(), keys * counterpart], 2)
        return nn.functional.relu(self.compare(self.drop(apart)))

    def cosine(self, high, first, second):
        one, other = ((high * side.unsqueeze(2)).sum(1) for side in (first, second))
        one, other = (side / side.norm(p=2, dim=1, keepdim=True).clamp(min=1e-6) for side in (one, other))
        return (one * other).sum(1, keepdim=True)


class PairJudge(nn.Module):
    """The head over the trunk, whose weights it leaves alone."""

    def __init__(self, bert, features):
        super().__init__()
        self.bert = bert
        for layer in bert.encoder.layer:
            layer.intermediate.intermediate_act_fn = ClippedGelu()
        self.head = PairHead(features)

    def read(self, ids, mask):
        layers = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=torch.zeros_like(ids), output_hidden_states=True).hidden_states
        return layers[MIDDLE], layers[-1]

    def forward(self, ids, mask, features):
        low, high = self.read(ids, mask)
        return self.head(ids, mask.to(high.dtype), low, high, features)
