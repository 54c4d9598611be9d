const SIGNALS = 'signals: [{ name: words, type: keyword, any_of: [a] }]\n';

/** What is added to a good file of four lines, and the problem that it makes there. */
export const PROBLEM_CASES: readonly (readonly [what: string, added: string, expected: string])[] = [
  ['an unknown key', 'listn: { port: 1 }', '5:1: listn: unknown key listn; did you mean "listen"?'],
  ['an inner one', 'listen:\n  prot: 1', '6:3: listen.prot: unknown key prot; did you mean "port"?'],
  [
    'a key like none',
    'listen: { zzzzzz: 1 }',
    '5:11: listen.zzzzzz: unknown key zzzzzz; the keys here are address, port',
  ],
  [
    'a swapped key',
    'limits: { body_bytes_mxa: 4096 }',
    '5:11: limits.body_bytes_mxa: unknown key body_bytes_mxa; did you mean "body_bytes_max"?',
  ],
  [
    'a hyphen for a line',
    'virtual-models: [auto]',
    '5:1: virtual-models: unknown key virtual-models; did you mean "virtual_models"?',
  ],
  [
    'a text for a number',
    'listen: { port: http }',
    '5:17: listen.port: must be a number but is the text "http"; write a number',
  ],
  [
    'a number too large',
    'listen: { port: 70000 }',
    '5:17: listen.port: must be at most 65535 but is 70000; make it smaller',
  ],
  [
    'a number too small',
    'limits: { body_bytes_max: 5 }',
    '5:27: limits.body_bytes_max: must be at least 1024 but is 5; make it larger',
  ],
  [
    'a fraction',
    'listen: { port: 1.5 }',
    '5:17: listen.port: must be a whole number but is 1.5; write a whole number',
  ],
  [
    'yes for true',
    'semantic_cache: { enabled: yes }',
    '5:28: semantic_cache.enabled: must be true or false but is the text "yes"; write true or false',
  ],
  [
    'an empty section',
    'listen:',
    '5:1: listen: is empty; give it an object of keys, or remove the key where it has a default',
  ],
  [
    'a list for an object',
    'listen: [1]',
    '5:9: listen: must be an object of keys but is a list; write an object of keys',
  ],
  [
    'an unknown choice',
    'semantic_cache: { eviction_policy: lur }',
    '5:36: semantic_cache.eviction_policy: is the text "lur", which is none of fifo, lru, lfu; did you mean "lru"?',
  ],
  [
    'a choice like none',
    'encoder: { provider: quantum }',
    '5:22: encoder.provider: is the text "quantum", which is no choice; take one of cpu, cuda, webgpu',
  ],
  [
    'an object for a choice',
    'encoder: { provider: {} }',
    '5:22: encoder.provider: is an object of keys, which is no choice; take one of cpu, cuda, webgpu',
  ],
  [
    'an empty list',
    'virtual_models: []',
    '5:17: virtual_models: is an empty list; write at least one entry, or remove the key where it has a default',
  ],
  [
    'a bad address',
    'listen: { address: "http://x" }',
    '5:20: listen.address: is neither an IP address nor a host name; write it without scheme, port and path (found the text "http://x")',
  ],
  [
    'a bad IPv4',
    'listen: { address: 127.0.0.256 }',
    '5:20: listen.address: is neither an IP address nor a host name; write it without scheme, port and path (found the text "127.0.0.256")',
  ],
  [
    'no type',
    'signals: [{ name: a }]',
    '5:11: signals[0].type: lacks its "type"; choose one of keyword, context_length, language, embedding, domain, intent, difficulty, guard, pii, structure, conversation, identity, bm25, feedback, reask, fact_check, preference',
  ],
  [
    'an unknown type',
    'signals: [{ name: a, type: keywords }]',
    '5:28: signals[0].type: is the text "keywords", which is none of keyword, context_length, language, embedding, domain, intent, difficulty, guard, pii, structure, conversation, identity, bm25, feedback, reask, fact_check, preference; did you mean "keyword"?',
  ],
  [
    'keywords that look for nothing',
    'signals: [{ name: a, type: keyword }]',
    '5:11: signals[0]: looks for nothing; give it any_of, all_of, none_of or regex',
  ],
  [
    'a blank keyword',
    'signals: [{ name: a, type: keyword, any_of: [" "] }]',
    '5:46: signals[0].any_of[0]: is blank; write a word into it (found the text " ")',
  ],
  [
    'a bad regex',
    'signals: [{ name: a, type: keyword, regex: ["(?=x)"] }]',
    '5:45: signals[0].regex[0]: is no RE2 pattern; RE2 runs in linear time and has no lookaround and no backreferences (found the text "(?=x)")',
  ],
  [
    'no bound',
    'signals: [{ name: a, type: context_length }]',
    '5:11: signals[0]: has no bound; give it min_tokens or max_tokens',
  ],
  [
    'an unknown feature',
    'signals: [{ name: a, type: structure, feature: tables }]',
    '5:48: signals[0].feature: is the text "tables", which is none of code, json, list, table, cjk, math, urls, questions, words; did you mean "table"?',
  ],
  [
    'measures that cross',
    'signals: [{ name: a, type: conversation, feature: turns, min: 5, max: 2 }]',
    '5:11: signals[0]: has min 5 above max 2; it could never match, swap them',
  ],
  [
    'an identity that nothing tells',
    'signals: [{ name: a, type: identity, of: group, any_of: [staff] }]',
    '5:42: signals[0].of: asks for the group, and nothing says who that is; write identity.group_header or identity.claims.group',
  ],
  [
    'an identity header under the own prefix',
    'identity: { role_header: x-sextant-role }',
    '5:26: identity.role_header: begins with x-sextant-, which Envoy removes from every request; choose another header',
  ],
  [
    'a claim that is none',
    'identity: { claims: { group: ".x" } }',
    '5:30: identity.claims.group: is no claim; write its name, as in "groups" or "realm_access.roles" (found the text ".x")',
  ],
  [
    'a weight of no word',
    'signals: [{ name: a, type: bm25, words: [refund], weights: { refunds: 2 } }]',
    '5:71: signals[0].weights.refunds: is a weight of no word; write the word as it stands in "words", or remove it (found 2)',
  ],
  [
    'no examples',
    'signals: [{ name: a, type: embedding, threshold: 0.5 }]',
    '5:11: signals[0]: has no example; give it examples, or examples_file',
  ],
  [
    'a file of examples that is not there',
    'signals: [{ name: a, type: embedding, threshold: 0.5, examples_file: none.csv }]',
    '5:70: signals[0].examples_file: leads to no readable file of UTF-8 text; check the path, which starts from the folder of this file',
  ],
  [
    'bounds that cross',
    'signals: [{ name: a, type: context_length, min_tokens: 5, max_tokens: 4 }]',
    '5:11: signals[0]: has min_tokens 5 above max_tokens 4; it could never match, swap them',
  ],
  [
    'an unknown domain',
    'signals: [{ name: a, type: domain, any_of: [chemistry, fysics] }]',
    '5:56: signals[0].any_of[1]: is the text "fysics", which is none of biology, business, chemistry, computer science, economics, engineering, health, history, law, math, other, philosophy, physics, psychology; did you mean "physics"?',
  ],
  [
    'a domain with another blank',
    'signals: [{ name: a, type: domain, any_of: [computer-science] }]',
    '5:45: signals[0].any_of[0]: is the text "computer-science", which is none of biology, business, chemistry, computer science, economics, engineering, health, history, law, math, other, philosophy, physics, psychology; did you mean "computer science"?',
  ],
  [
    'no domain',
    'signals: [{ name: a, type: domain, any_of: [] }]',
    '5:44: signals[0].any_of: is an empty list; write at least one entry, or remove the key where it has a default',
  ],
  [
    'an unknown intent',
    'signals: [{ name: a, type: intent, any_of: [cod] }]',
    '5:45: signals[0].any_of[0]: the head has no label "cod"; did you mean "code"?',
  ],
  [
    'out_of_scope of the shipped head',
    'signals: [{ name: a, type: intent, any_of: [out_of_scope] }]',
    '5:45: signals[0].any_of[0]: the head has no label "out_of_scope"; choose one of everyday, customer_service, arithmetic_logic, code, knowledge, writing, text_task, translation, conversation, planning',
  ],
  [
    'a head that is not there',
    'signals: [{ name: a, type: intent, any_of: [refund], head: heads/none }]',
    '5:60: signals[0].head: leads to no folder with a readable head.json; make one with `sextant train head`',
  ],
  [
    'an unknown size',
    'signals: [{ name: a, type: difficulty, size: huge, below: 0.5 }]',
    '5:46: signals[0].size: is the text "huge", which is no choice; take one of small, medium, large',
  ],
  [
    'no bound of difficulty',
    'signals: [{ name: a, type: difficulty, size: small }]',
    '5:11: signals[0].below: is missing; add it with a number',
  ],
  [
    'an unknown kind of attack',
    'signals: [{ name: a, type: guard, kinds: [injektion] }]',
    '5:43: signals[0].kinds[0]: is the text "injektion", which is none of jailbreak, injection; did you mean "injection"?',
  ],
  [
    'a guard to whom all is an attack',
    'signals: [{ name: a, type: guard, prompt_threshold: 0 }]',
    '5:53: signals[0].prompt_threshold: must be at least 0.01 but is 0; make it larger',
  ],
  [
    'an unknown word for unread text',
    'signals: [{ name: a, type: guard, unread: alow }]',
    '5:43: signals[0].unread: is the text "alow", which is none of refuse, allow; did you mean "allow"?',
  ],
  [
    'no window to read',
    'encoder: { windows_max: 0 }',
    '5:25: encoder.windows_max: must be at least 1 but is 0; make it larger',
  ],
  [
    'bounds that cross',
    `${SIGNALS}decisions: [{ name: a, when: { signal: words, min: 0.7, max: 0.2 }, models: [small] }]`,
    '6:30: decisions[0].when: has min 0.7 above max 0.2; it could never hold, swap them',
  ],
  [
    'a reserved signal',
    'signals: [{ name: always, type: keyword, any_of: [a] }]',
    '5:19: signals[0].name: "always" is the rule that holds for every prompt; choose another name',
  ],
  [
    'a name taken twice',
    `signals:\n  - { name: a, type: keyword, any_of: [a] }\n  - { name: a, type: keyword, any_of: [b] }`,
    '7:13: signals[1].name: the name "a" is taken by an entry above; choose another',
  ],
  [
    'an unusable name',
    'signals: [{ name: "a b", type: keyword, any_of: [a] }]',
    '5:19: signals[0].name: is no usable name; take up to 64 letters, digits, "_", "-" and ".", and begin with a letter or digit (found the text "a b")',
  ],
  [
    'a virtual name that is real',
    'virtual_models: [auto, coder]',
    '3:13: models[1].name: "coder" is one of virtual_models as well; a request for it would be ambiguous, rename one',
  ],
  [
    'a decision for no model',
    `${SIGNALS}decisions: [{ name: d, when: words, models: [codr] }]`,
    '6:46: decisions[0].models[0]: no model is called "codr"; did you mean "coder"?',
  ],
  [
    'a model named twice',
    `${SIGNALS}decisions: [{ name: d, when: words, models: [coder, coder] }]`,
    '6:53: decisions[0].models[1]: stands twice in this list; keep one',
  ],
  [
    'a decision for no signal',
    `${SIGNALS}decisions: [{ name: d, when: word, models: [coder] }]`,
    '6:30: decisions[0].when: no signal is called "word"; did you mean "words"?',
  ],
  [
    'a rule for no signal',
    `${SIGNALS}decisions:\n  - { name: d, models: [coder], when: { all: [words, { signal: wrods, min: 1 }] } }`,
    '7:64: decisions[0].when.all[1].signal: no signal is called "wrods"; did you mean "words"?',
  ],
  [
    'always where a signal is named',
    `${SIGNALS}decisions: [{ name: d, when: { signal: always }, models: [coder] }]`,
    '6:40: decisions[0].when.signal: no signal is called "always"; choose one of words',
  ],
  [
    'no signal at all',
    'decisions: [{ name: d, when: words, models: [coder] }]',
    '5:30: decisions[0].when: no signal is called "words"; there is none to choose from',
  ],
  [
    'a decision without a rule',
    `${SIGNALS}decisions: [{ name: d, models: [coder] }]`,
    "6:13: decisions[0].when: is missing; write a signal's name, or a rule with all, any, not or signal",
  ],
  [
    'a number for a rule',
    `${SIGNALS}decisions: [{ name: d, when: 5, models: [coder] }]`,
    "6:30: decisions[0].when: is 5; write a signal's name, or a rule with all, any, not or signal",
  ],
  [
    'an empty rule',
    `${SIGNALS}decisions: [{ name: d, when: {}, models: [coder] }]`,
    '6:30: decisions[0].when: is an empty rule; write one of all, any, not or signal into it',
  ],
  [
    'two kinds in one rule',
    `${SIGNALS}decisions: [{ name: d, when: { all: [words], any: [words] }, models: [coder] }]`,
    '6:30: decisions[0].when: holds all and any side by side; nest one in the other, so that the order is clear',
  ],
  [
    'a bound on no signal',
    `${SIGNALS}decisions: [{ name: d, when: { not: words, min: 1 }, models: [coder] }]`,
    '6:30: decisions[0].when: has "min", "max" or "on_unknown" without a signal; write {signal: name, min: …} where the signal is named',
  ],
  [
    'a slip deep in a rule',
    `${SIGNALS}decisions: [{ name: d, when: { all: [{ any: [{ signal: words, mni: 1 }] }] }, models: [coder] }]`,
    '6:63: decisions[0].when.all[0].any[0].mni: unknown key mni; did you mean "min"?',
  ],
  [
    'both actions',
    `${SIGNALS}decisions: [{ name: d, when: words, models: [coder], block: "No." }]`,
    '6:13: decisions[0]: has both models and block; a prompt is either sent on or refused, keep one',
  ],
  [
    'no action',
    `${SIGNALS}decisions: [{ name: d, when: words }]`,
    '6:13: decisions[0]: does nothing; give it models to choose from, or block with a message for the client',
  ],
  [
    'an empty message',
    `${SIGNALS}decisions: [{ name: d, when: words, block: "" }]`,
    '6:44: decisions[0].block: is an empty text; write something into it',
  ],
  [
    'too long a message',
    `${SIGNALS}decisions: [{ name: d, when: words, block: ${'x'.repeat(2001)} }]`,
    '6:44: decisions[0].block: must be at most 2000 characters; make it smaller',
  ],
  [
    'a socket and a port',
    'extproc: { socket: /a, port: 1 }',
    '5:10: extproc: has both a socket and a TCP address; Envoy takes one way, keep one of them',
  ],
  [
    'an address without port',
    'extproc: { address: 127.0.0.1 }',
    '5:10: extproc: has an address without a port; add the port, or name a socket instead',
  ],
  [
    'a socket path too long',
    `extproc: { socket: /${'x'.repeat(107)} }`,
    '5:20: extproc.socket: is 108 bytes long as an absolute path; a unix socket takes 107, choose a shorter folder',
  ],
  [
    'milvus without its file',
    'semantic_cache: { backend_type: milvus }',
    '5:33: semantic_cache.backend_type: needs backend_config_path, the file that says where Milvus is; add it, or use memory',
  ],
  [
    'entries above the whole',
    'semantic_cache: { bytes_max: 2048, entry_bytes_max: 4096 }',
    '5:53: semantic_cache.entry_bytes_max: is above bytes_max (2048), so the largest answers could never be kept; lower it',
  ],
  [
    'an encoder slower than Envoy',
    'encoder: { deadline_ms: 1000 }',
    '5:25: encoder.deadline_ms: must end before limits.message_timeout_ms (1000), when Envoy gives up; lower it or raise that',
  ],
  [
    'a tenant header that is stripped',
    'identity: { tenant_header: x-sextant-tenant }',
    '5:28: identity.tenant_header: begins with x-sextant-, which Envoy removes from every request; choose another header',
  ],
  [
    'pass_paths on a guarded route',
    'routes: [{ guarded: true, pass_paths: [/tokenize] }]',
    '5:27: routes[0].pass_paths: a guarded route lets nothing pass unread; remove pass_paths, or give these paths a route of their own',
  ],
  [
    'hits as streams on a route that fails open',
    'semantic_cache: { stream_hits: {} }',
    '5:32: semantic_cache.stream_hits: cannot be had on route "default", which fails open: Envoy keeps no copy of a streamed body for the default pool; set guarded: true there, or semantic_cache.stream_hits.enabled: false',
  ],
  [
    'hits as streams on a route of its own that fails open',
    'semantic_cache: {}\nroutes: [{ guarded: true }, { name: b, prefix: /b, semantic_cache: { stream_hits: { tokens_per_second: 9 } } }]',
    '6:83: routes[1].semantic_cache.stream_hits: cannot be had on route "b", which fails open: Envoy keeps no copy of a streamed body for the default pool; set guarded: true there, or semantic_cache.stream_hits.enabled: false',
  ],
  [
    'one prefix twice',
    'routes: [{ name: a, prefix: /a }, { name: b, prefix: /a/ }]',
    '5:54: routes[1].prefix: "/a" leads to a route above already; choose another prefix',
  ],
  [
    'one default name twice',
    'routes: [{ prefix: /a }, { prefix: /b }]',
    '5:26: routes[1].name: the name "default" is taken by an entry above; choose another',
  ],
  [
    'a prefix without slash',
    'routes: [{ prefix: a }]',
    '5:20: routes[0].prefix: is no path; begin with "/" and take letters, digits, "_", "-", ".", "~" and "/" (found the text "a")',
  ],
  [
    'a key written twice',
    'listen: {}\nlisten: {}',
    '6:1: (file): this key stands twice in the same place; keep one of them',
  ],
  [
    'a tag that nobody knows',
    'listen: !thing {}',
    '5:9: (file): is not valid YAML: Unresolved tag: !thing; mend the line or quote the text',
  ],
];
