import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ADAPTERS_MAX, readMetrics } from '../../../../src/adapters/vllm-metrics/read-metrics.js';

/** As a server with two engines and LoRA writes it, shortened. */
const TEXT = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="org/base"} 3.0
vllm:num_requests_running{engine="1",model_name="org/base"} 5.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="org/base"} 1.0
vllm:num_requests_waiting{engine="1",model_name="org/base"} 0.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="org/base",reason="capacity"} 1.0
vllm:kv_cache_usage_perc{engine="0",model_name="org/base"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="org/base"} 0.75
vllm:lora_requests_info{max_lora="2",running_lora_adapters="",waiting_lora_adapters=""} 1.7886264577368872e+09
vllm:lora_requests_info{max_lora="2",running_lora_adapters="sql,poems",waiting_lora_adapters="de"} 1.7886264600000000e+09
vllm:lora_requests_info{max_lora="2",running_lora_adapters="sql",waiting_lora_adapters=""} 1.7886264500000000e+09
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.001",model_name="org/base"} 0.0
`;

describe('what a server says of itself', () => {
  test('is read over all of its engines, the latest adapters among them', () => {
    expect(readMetrics(TEXT)).toEqual({
      running: 8,
      waiting: 1,
      engines: 2,
      kvShare: 0.5,
      adapters: { running: ['sql', 'poems'], waiting: ['de'], max: 2 },
    });
  });

  test.each([
    [
      'an older name',
      'vllm:num_requests_running 2\nvllm:gpu_cache_usage_perc 0.5',
      { running: 2, kvShare: 0.5 },
    ],
    [
      'a share above all',
      'vllm:num_requests_waiting 2\nvllm:kv_cache_usage_perc 1.5',
      { waiting: 2, kvShare: 1 },
    ],
    ['a time after the value', 'vllm:num_requests_running{a="b"} 2 1700000000', { running: 2 }],
    [
      'Windows line ends',
      'vllm:num_requests_running{a="b"} 2\r\nvllm:num_requests_waiting 3\r\n',
      { waiting: 3 },
    ],
    ['braces and quotes in labels', 'vllm:num_requests_running{a="}\\"{ ,=\\n\\\\"} 4', { running: 4 }],
    [
      'no number yet',
      'vllm:num_requests_running NaN\nvllm:num_requests_waiting 1',
      { running: 0, waiting: 1 },
    ],
    ['a number below zero', 'vllm:num_requests_running -3\nvllm:num_requests_waiting 1', { running: 0 }],
    [
      'labels without an end',
      'vllm:num_requests_running{a="b\nvllm:num_requests_waiting{} 1',
      { running: 0, waiting: 1 },
    ],
    ['labels without a value', 'vllm:num_requests_running{a} 1\nvllm:num_requests_waiting 1', { running: 0 }],
    [
      'labels without a brace',
      'vllm:num_requests_running{a="b"\nvllm:num_requests_waiting 1',
      { running: 0 },
    ],
    ['no value', 'vllm:num_requests_running\nvllm:num_requests_waiting 1', { running: 0 }],
    ['no adapters', 'vllm:num_requests_running 1', { adapters: undefined }],
    [
      'adapters without a bound',
      'vllm:num_requests_running 1\nvllm:lora_requests_info{running_lora_adapters=" a , "} 1',
      { adapters: { running: ['a'], waiting: [], max: 0 } },
    ],
  ])('is read with %s', (_, text, wanted) => {
    expect(readMetrics(text)).toMatchObject(wanted);
  });

  test.each(['', 'process_cpu_seconds_total 1\n', 'vllm:num_requests_running_x 1', '<html></html>'])(
    'is nothing where it is not vLLM’s: %j',
    (text) => {
      expect(readMetrics(text)).toBeUndefined();
    },
  );

  test('holds so many adapters and no more', () => {
    const names = Array.from({ length: 2 * ADAPTERS_MAX }, (_, at) => `a${at}`).join(',');
    const text = `vllm:num_requests_running 1\nvllm:lora_requests_info{max_lora="4",running_lora_adapters="${names}"} 1`;
    expect(readMetrics(text)?.adapters?.running).toHaveLength(ADAPTERS_MAX);
  });
});

describe('any text', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('vllm:', 'num_requests_running', '{', '}', '="', '"', '\\', ',', ' ', '1', '\n'),
    }),
  );

  test('is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const reading = readMetrics(lines.join('\n'));
        if (reading === undefined) return;
        expect(reading.running).toBeGreaterThanOrEqual(0);
        expect(reading.engines).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('gives back what was written, whatever the names are', () => {
    const name = fc.string({ minLength: 1 }).filter((each) => !each.includes(',') && each === each.trim());
    const names = fc.uniqueArray(name, { maxLength: 5 });
    const escaped = (text: string) =>
      text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), names, names, (running, waiting, some, others) => {
        const text = [
          `vllm:num_requests_running{model_name="${escaped(some.join())}"} ${running}`,
          `vllm:num_requests_waiting{model_name="${escaped(some.join())}"} ${waiting}.0`,
          `vllm:lora_requests_info{max_lora="3",running_lora_adapters="${escaped(some.join())}",` +
            `waiting_lora_adapters="${escaped(others.join())}"} 1e9`,
        ].join('\n');
        expect(readMetrics(text)).toEqual({
          running,
          waiting,
          engines: 1,
          kvShare: undefined,
          adapters: { running: some, waiting: others, max: 3 },
        });
      }),
    );
  });
});
