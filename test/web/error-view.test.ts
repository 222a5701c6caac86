import { describe, expect, test } from 'vitest';
import { ERROR_STATUS, type ErrorCode } from '../../src/lib/errors.ts';
import { LOCALES } from '../../src/lib/locales.ts';
import { errorView } from '../../src/web/error.view.ts';
import { openViews, seen } from '../support/views.ts';

const { translator, pages } = await openViews();
const codes = Object.entries(ERROR_STATUS) as [ErrorCode, number][];

describe('an error', () => {
  test.each(codes)('%s (%i) says in both languages what happened and what to do', (code, status) => {
    for (const locale of LOCALES) {
      const { heading, text, advice } = errorView(translator, code, status, locale);
      for (const line of [heading, text, advice]) expect(line.length).toBeGreaterThan(10);
    }
  });

  test('a link that has ended leads to the form of its petition', () => {
    expect(errorView(translator, 'LINK_EXPIRED', 410, 'es', 'safe-passage').petitionPath).toBe(
      '/es/petitions/safe-passage#sign',
    );
    expect(errorView(translator, 'DATABASE_UNAVAILABLE', 503, 'es', 'safe-passage')).not.toHaveProperty(
      'petitionPath',
    );
  });

  test('has a way back on its page', async () => {
    const view = errorView(translator, 'PAGE_NOT_FOUND', 404, 'en');
    const html = await pages.renderPage('error', { locale: 'en', path: '/en/x', title: view.heading }, view);
    expect(seen(html)).toContain('There is no such page');
    expect(html).toContain('href="/en">Go to the petitions</a>');
  });
});
