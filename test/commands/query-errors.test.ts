import { describe, expect, it } from 'vitest';
import { workspace } from '../harness.ts';

describe('a query that is wrong, on the command line', () => {
  it('it is exit 2, with the suggestion', async () => {
    const ws = await workspace('automated-sales');
    const field = await ws.crm(['deal', 'list', 'stagee:failed', '--json']);
    expect(field.code).toBe(2);
    expect(field.out).toBe('');
    expect(JSON.parse(field.err)).toEqual({
      error: {
        code: 'USAGE',
        message: 'stagee:failed: unknown field "stagee" of deals',
        hint: 'did you mean stage?',
      },
    });
    const value = await ws.crm(['deal', 'list', 'stage:forgoten']);
    expect(value.code).toBe(2);
    expect(value.err).toContain('unknown stage "forgoten"');
    expect(value.err).toContain('did you mean forgotten?');
    expect(await ws.crm(['deal', 'list', 'tag:never-used', '--json'])).toMatchObject({
      code: 0,
      out: '[]\n',
    });
  });
});
