import type {Campaign} from './api/types';
import {DownloadResults} from './results';
import {counted} from './format';

/** What goes with a campaign that is deleted, and what stays. */
export function whatDeletingMeans({id, name, status, total_contacts: people}: Campaign) {
  const isOpen = status === 'active' || status === 'paused';
  return (
    <>
      {isOpen && (
        <p class="notice is-warn">
          {status === 'active' ? 'It is active: once' : 'Once'} it is deleted nobody else on its list is called. While calls are on it cannot be deleted: pause it, and wait until they have ended.
        </p>
      )}
      <p>“{name}” goes for good: its list of {counted(people, 'person', 'people')}, and who was reached with what result.</p>
      <p>The people themselves stay among your contacts.</p>
      {people > 0 && (
        <div class="keep-results">
          <span>To keep the results, save them first:</span>
          <DownloadResults id={id} name={name} small />
        </div>
      )}
    </>
  );
}
