import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import CleanCSS from 'clean-css';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../lib/errors.ts';
import { acceptedEncoding } from './ready-answer.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/** Pictures are compressed as they are: only texts come in other encodings. */
const TEXTS = new Set(['.css', '.js', '.svg']);

type Asset = { type: string; identity: Buffer; br?: Buffer; gzip?: Buffer };

/** The files of `public/`, under names that hold their content's hash, so that they may be kept for ever. */
export function loadAssets(folder: string) {
  const byUrl = new Map<string, Asset>();
  const urlOf = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const extension = extname(name);
    const identity = minified(readFileSync(join(folder, name)), extension);
    const hash = createHash('sha256').update(identity).digest('base64url').slice(0, 10);
    const url = `/assets/${name.slice(0, -extension.length)}.${hash}${extension}`;
    byUrl.set(url, {
      type: TYPES[extension] ?? 'application/octet-stream',
      identity,
      ...(TEXTS.has(extension) && { br: brotliCompressSync(identity), gzip: gzipSync(identity) }),
    });
    urlOf.set(name, url);
  }

  /** @throws on a file that is not there */
  function assetUrl(name: string): string {
    const url = urlOf.get(name);
    if (!url) throw new Error(`no file "${name}" in public`);
    return url;
  }

  /** @throws on a file that is not there */
  function assetText(name: string): string {
    return String(byUrl.get(assetUrl(name))?.identity);
  }

  return { byUrl, assetUrl, assetText };
}
export type Assets = ReturnType<typeof loadAssets>;

/** Blanks and comments only: at a higher level it would rewrite what old browsers are given beside the new. */
function minified(content: Buffer, extension: string): Buffer {
  if (extension !== '.css') return content;
  const { styles, errors } = new CleanCSS({ level: 1 }).minify(content.toString());
  if (errors.length > 0) throw new Error(errors.join('; '));
  return Buffer.from(styles);
}

export function registerAssets(app: FastifyInstance, assets: Assets): void {
  app.get('/assets/:name', async (request, reply) => {
    const asset = assets.byUrl.get(request.url.split('?', 1)[0] ?? '');
    if (!asset) throw new AppError('PAGE_NOT_FOUND');
    const encoding = acceptedEncoding(request);
    const encoded = asset[encoding];
    if (encoded && encoding !== 'identity') reply.header('content-encoding', encoding);
    reply.header('cache-control', 'public, max-age=31536000, immutable').header('vary', 'Accept-Encoding');
    return reply.type(asset.type).send(encoded ?? asset.identity);
  });

  app.get('/favicon.ico', async (_request, reply) => reply.redirect(assets.assetUrl('favicon.svg'), 302));
}
