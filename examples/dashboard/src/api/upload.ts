import {currentCaller, headersOf, refusalOf, Unreachable} from './client';
import type {Id, Imported, Preview, UploadSettings} from './types';

/** From 0 to 1, of what has been sent. */
export type OnProgress = (share: number) => void;

/** A form, with news of how far it is: fetch has none. */
function post<T>(path: string, form: FormData, options: {onProgress?: OnProgress; signal?: AbortSignal; key?: string}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries(headersOf(currentCaller()))) request.setRequestHeader(name, value);
    if (options.key) request.setRequestHeader('Idempotency-Key', options.key);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(refusalOf(request.status, request.responseText));
    };
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => reject(new DOMException('It was taken back.', 'AbortError'));
    options.signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

/** A preview needs no more of a file than this. */
export const kPreviewBytes = 512 * 1024;

/** Where the last whole row of a piece of a file ends: a quoted cell may hold line ends. */
export function endOfRows(bytes: Uint8Array): number {
  let isQuoted = false;
  let end = 0;
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] === 0x22) isQuoted = !isQuoted;
    else if (bytes[i] === 0x0a && !isQuoted) end = i + 1;
  }
  return end;
}

/** Into which campaign a list goes that is there, and whether who is through is called again. */
export interface Into {
  campaignId: Id;
  again: boolean;
}

/** Reads the beginning of a file as an import would; writes nothing. */
export async function previewFile(file: File, region: string, into: Into | undefined, signal?: AbortSignal): Promise<Preview & {isWhole: boolean}> {
  const isWhole = file.size <= kPreviewBytes;
  let part: Blob = file;
  if (!isWhole) {
    const bytes = new Uint8Array(await file.slice(0, kPreviewBytes).arrayBuffer());
    part = new Blob([bytes.subarray(0, endOfRows(bytes))]);
  }
  const form = new FormData();
  if (region) form.append('default_region', region);
  if (into) form.append('campaign_id', into.campaignId);
  if (into?.again) form.append('again', 'true');
  form.append('file', part, file.name);
  const preview = await post<Preview>('/api/campaigns/preview-csv', form, signal ? {signal} : {});
  return {...preview, isWhole};
}

export function uploadFile(file: File, settings: UploadSettings, onProgress: OnProgress, key: string,
                           signal: AbortSignal): Promise<Imported> {
  const form = new FormData();
  form.append('settings', JSON.stringify(settings));
  form.append('file', file, file.name);
  return post<Imported>('/api/campaigns/upload-csv', form, {onProgress, signal, key});
}
