import {download} from './api/client';
import type {Id} from './api/types';
import {Button} from './components/button';
import {done, failed} from './components/toast';

/** With local times, numbers that stay whole, and letters that a spreadsheet knows. */
const kForPeople = {for: 'spreadsheet'} as const;

/** Whether anything stands below the header. */
const hasRows = async (file: Blob): Promise<boolean> => (await file.text()).trimEnd().includes('\n');

/** The rows of its lists that could not be taken, as a file to mend and to upload again. */
export async function downloadFailedRows({id, name}: {id: Id; name: string}): Promise<void> {
  try {
    const isThere = await download(`/api/campaigns/${id}/errors.csv`, `${name} rows that failed.csv`, kForPeople, hasRows);
    if (!isThere) done(`No row of a list of “${name}” has failed.`, `campaign ${id}`);
  } catch (error) {
    failed(error);
  }
}

/** Who was called, with what result, as a file. */
export function DownloadResults({id, name, small}: {id: Id; name: string; small?: boolean}) {
  return (
    <Button icon="download" small={small} onClick={() => {
      download(`/api/campaigns/${id}/export.csv`, `${name} results.csv`, kForPeople).catch((error: unknown) => failed(error));
    }}>Results as CSV</Button>
  );
}
