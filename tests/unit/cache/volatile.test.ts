import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isVolatile } from '../../../src/cache/volatile.js';

const CHANGES = [
  "What's the weather like in Paris?",
  'What is the weather in Tokyo today?',
  'Will it rain tomorrow in Oslo?',
  'Is it raining in Seattle?',
  'Do I need an umbrella in Lisbon?',
  'Weather for Berlin',
  'weather forecast in Madrid this weekend',
  'What time is it in New York?',
  "What's the time?",
  'What day is it?',
  "What's today's date?",
  'What is the price of bitcoin?',
  'How much is one bitcoin worth?',
  'gold price',
  'What is the Apple stock price?',
  "What's Tesla's share price right now?",
  'What is the exchange rate between the dollar and the euro?',
  "What's the score of the Lakers game?",
  'Who is winning the match?',
  'Who won the game last night?',
  'Who is the current president of France?',
  'Who is the current CEO of the company that makes the iPhone?',
  'What is the current population of India?',
  'What is the current inflation rate in Germany?',
  'What is the current time in Sydney?',
  'What is the latest version of Python?',
  'Which is the newest iPhone?',
  'What is the latest news about the election?',
  'Tell me the latest headlines',
  'Any breaking news?',
  'What happened yesterday in the stock market?',
  'What are the best laptops to buy this year?',
  'Which movies come out next week?',
  'Is the museum open now?',
  'Is the pharmacy on Main Street closed right now?',
  'How many days until Christmas?',
  "What's happening in the Middle East?",
  'What events are on this evening?',
  "Summaries of tonight's games, please",
  'What are people talking about these days?',
  'Which teams are currently at the top of the league?',
  'What is the flight status of BA117?',
  'What should I watch tonight?',
  'Which upcoming concerts are there in Rome?',
  'Wie ist das Wetter heute in Hamburg?',
  'Wer ist derzeit Bundeskanzler?',
  "Quel temps fait-il aujourd'hui ?",
  'Qui est actuellement président ?',
  '¿Qué tiempo hace hoy en Sevilla?',
  'Che ore sono a Roma oggi?',
  'Qual é a previsão para amanhã?',
  'Wat is het weer vandaag?',
  'Какая сегодня погода?',
  '今天天气怎么样？',
  '今日の天気は？',
  '오늘 날씨 어때?',
  'What is the situation in the office now?',
];

const STAYS = [
  'What is DNA?',
  'What is the current in a wire of 2 ohms at 10 volts?',
  'How does alternating current differ from direct current?',
  "What is today's date format in ISO 8601?",
  'How do I use now() in SQL?',
  'How do I get the current date in JavaScript?',
  'How do I get the current time in Python?',
  'What does SELECT NOW() return in PostgreSQL?',
  'How do I find the current directory in bash?',
  'Select the latest row per group in SQL',
  'How do I undo the latest commit in git?',
  'Is merge sort the latest stable sort?',
  "Write a function that returns yesterday's date in Java.",
  'What is the Excel formula for the first day of next month?',
  'How does weather form?',
  'What causes extreme weather?',
  'What is the difference between weather and climate?',
  'Write a poem about the weather in London today.',
  'Translate "See you tomorrow" into French.',
  'Translate to German: I will call you tomorrow.',
  'Please rewrite this sentence: We met yesterday in the park.',
  'Proofread: Today I go to school.',
  'Correct the grammar: he come yesterday',
  'What does "right now" mean in American English?',
  'What does nowadays mean?',
  'How do you say tomorrow in Spanish?',
  'Use the word yesterday in a sentence.',
  'What is the past tense of to go, as in yesterday?',
  'Who wrote the song Yesterday?',
  'Who directed the film Tomorrow Never Dies in 1997?',
  'Is Latin still spoken today?',
  'Why is Shakespeare still relevant today?',
  "What does loyalty mean in today's society?",
  'How are stock prices determined?',
  'What is a stock price?',
  'How do central banks set interest rates?',
  'What is the price elasticity of demand?',
  'Who won the 1998 World Cup?',
  'Who was the president of France in 1970?',
  'What is the capital of France?',
  'What is the score of a perfect game in bowling?',
  'What is a credit score?',
  'What is the time complexity of quicksort?',
  'What is the temperature at which water boils?',
  'What is the current ratio in accounting?',
  'What is current density?',
  'What is an ocean current?',
  'How do I write a status code handler?',
  'Explain HTTP status codes',
  'Now write a haiku about autumn.',
  'From now on, answer in French.',
  'Now that we know the radius, what is the area?',
  'What is the late Latin word for horse?',
  'Explain the news values theory.',
  'What is a weather vane?',
  'How do I renew my passport?',
  'What is the tallest mountain?',
  'Wie funktioniert ein Wetterballon?',
  'Übersetze: Ich komme heute später.',
  '光合作用是什么？',
  'Summarize: Shares fell today after the company said that it will cut jobs next week.',
  'What is happening in this code?',
];

describe('isVolatile', () => {
  test('there are enough lines on both sides', () => {
    expect(CHANGES.length + STAYS.length).toBeGreaterThanOrEqual(110);
  });

  test.each(CHANGES)('changes: %s', (ask) => {
    expect(isVolatile(ask)).toBe(true);
  });

  test.each(STAYS)('stays: %s', (ask) => {
    expect(isVolatile(ask)).toBe(false);
  });

  test('of a long text, what stands in its middle is what it is about', () => {
    const padding = 'The committee looked at every proposal in turn. '.repeat(40);
    expect(isVolatile(`Which proposal won? ${padding} It met today. ${padding} Name it.`)).toBe(false);
    expect(isVolatile(`${padding} ${padding} Is this still the law as of now?`)).toBe(true);
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3000 }),
        (text) => typeof isVolatile(text) === 'boolean',
      ),
    );
    for (const piece of ['is a ', "what's the ", 'latest news ', '`', '"', "'x ", 'how much is ']) {
      expect(typeof isVolatile(piece.repeat(100_000))).toBe('boolean');
    }
  });
});
