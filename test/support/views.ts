import { join } from 'node:path';
import Fastify from 'fastify';
import { type Campaign, whoOf } from '../../src/campaign/campaign.ts';
import { createTranslator } from '../../src/lib/i18n.ts';
import type { Locale } from '../../src/lib/locales.ts';
import { loadAssets } from '../../src/web/assets.ts';
import { createMailViews } from '../../src/web/mail-views.ts';
import { createPages } from '../../src/web/pages.ts';
import { registerPageViews } from '../../src/web/views.ts';

const ROOT = join(import.meta.dirname, '../..');
export const TEST_PUBLIC_URL = 'https://petition.example';

export const COMPLETE_CAMPAIGN: Campaign = {
  _id: 'campaign',
  legalName: 'Paso Seguro A.C.',
  postalAddress: 'Calle 1, 06700 Ciudad de México',
  contactEmail: 'contact@paso.example',
  privacyEmail: 'privacy@paso.example',
};

/** The real templates, texts and files. */
export async function openViews(campaign: Campaign = { _id: 'campaign' }) {
  const translator = createTranslator(join(ROOT, 'templates/locales'));
  const assets = loadAssets(join(ROOT, 'public'));
  const { assetUrl, assetText } = assets;
  const templates = { folder: join(ROOT, 'templates'), translator, assetUrl, assetText };
  const app = Fastify();
  await registerPageViews(app, templates);
  const publicUrl = TEST_PUBLIC_URL;
  const getWho = async (locale: Locale) => whoOf(campaign, translator, locale);
  const pages = createPages({ view: app.view, translator, publicUrl, getWho });
  return { translator, assets, pages, ...createMailViews(templates) };
}

/** What a reader sees: no tags, entities of plain signs as signs, blanks as one. */
export function seen(html: string): string {
  return html
    .replace(/<head>[\s\S]*?<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
