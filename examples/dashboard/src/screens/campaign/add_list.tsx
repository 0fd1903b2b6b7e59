import {useState} from 'preact/hooks';
import {newKey} from '../../api/key';
import type {Campaign} from '../../api/types';
import {uploadFile} from '../../api/upload';
import {draftOf} from '../../campaign_form/draft';
import {Button} from '../../components/button';
import {Checkbox} from '../../components/field';
import {failed} from '../../components/toast';
import {regionOf} from '../../countries';
import {counted} from '../../format';
import {keepReport} from '../../lists/last_report';
import {FileField, type FileState, noFile} from '../../lists/file_field';
import {Uploading} from '../../lists/uploading';
import {note} from '../../live/live';
import {go} from '../../router';
import {forgetUnsaved, useEntered} from '../../unsaved';

/** A further list for a campaign that is there. */
export function AddListTab({campaign}: {campaign: Campaign}) {
  const [state, setState] = useEntered<FileState>(`list ${campaign.id}`, () => noFile);
  const [again, setAgain] = useState(false);
  const [key, setKey] = useState(newKey);
  const [sent, setSent] = useState<{share: number; abort: AbortController} | null>(null);
  const upload = async (file: File) => {
    const abort = new AbortController();
    setSent({share: 0, abort});
    try {
      const result = await uploadFile(file, {campaign_id: campaign.id, again, ...regionOf(state.region)},
                                      (share) => setSent({share, abort}), key, abort.signal);
      forgetUnsaved();
      note({campaign: result.campaign});
      keepReport(result);
      go(`/campaigns/${campaign.id}/report`, {replace: true});
    } catch (error) {
      if (!abort.signal.aborted) failed(error, 'The list was not imported');
    }
    setKey(newKey());
    setSent(null);
  };
  if (sent) return <Uploading name={state.file?.name ?? ''} share={sent.share} onCancel={() => sent.abort.abort()} />;
  return (
    <section class="form-section add-list" aria-label="Add a list">
      <FileField state={state} draft={draftOf(campaign)} isCalling={campaign.status === 'active'} error={undefined} into={{campaignId: campaign.id, again}} onChange={(next) => setState(() => next)} />
      <Checkbox label="Call again whoever is through already" checked={again} onChange={setAgain}
                hint="Otherwise contacts that are on this campaign’s list are skipped." />
      {campaign.status === 'active' && <p class="notice is-warn">This campaign is active: whoever is imported is called within its calling hours, without a further question.</p>}
      <div class="form-actions">
        <Button kind="primary" icon="upload" disabled={!state.file || state.rows === 0} onClick={() => state.file && void upload(state.file)}>
          {importLabel(campaign, state)}
        </Button>
      </div>
    </section>
  );
}

/** Of one that is active the button calls people, and says how many. */
function importLabel({status}: Campaign, {rows, isAbout}: FileState): string {
  if (status !== 'active' || rows === 0) return 'Import the list';
  return `Import the list: call ${isAbout ? 'about ' : ''}${counted(rows, 'person', 'people')}`;
}
