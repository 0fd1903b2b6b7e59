import {useState} from 'preact/hooks';
import {campaigns} from '../../api/campaigns';
import {Refusal} from '../../api/client';
import {newKey} from '../../api/key';
import type {Campaign} from '../../api/types';
import {uploadFile} from '../../api/upload';
import {Button, ButtonLink} from '../../components/button';
import {Icon} from '../../components/icon';
import {done, failed} from '../../components/toast';
import {type Draft, type Errors, fieldsOf, newDraft, problemsOf, saidBy} from '../../campaign_form/draft';
import {CampaignForm, startLabel} from '../../campaign_form/form';
import {OutlookCard, useOutlook} from '../../campaign_form/outlook';
import {isNoCountry, regionOf} from '../../countries';
import {note} from '../../live/live';
import {keepReport} from '../../lists/last_report';
import {Uploading} from '../../lists/uploading';
import {go, here, href} from '../../router';
import {ScreenHead} from '../../shell/shell';
import {forgetUnsaved, useEntered} from '../../unsaved';
import {Audience, type AudienceState, countOf, noAudience} from './audience';

type Stage =
  | {name: 'form'}
  | {name: 'uploading'; share: number; abort: AbortController};

interface Entered {
  draft: Draft;
  audience: AudienceState;
}

export function NewCampaignScreen() {
  const [{draft, audience}, enter] = useEntered('new campaign', (): Entered => (
    {draft: newDraft(), audience: noAudience(here.value.query.get('from'))}));
  const [said, setSaid] = useState<Errors>({});
  const [stage, setStage] = useState<Stage>({name: 'form'});
  const [busy, setBusy] = useState<'' | 'start' | 'save'>('');
  const [key, setKey] = useState(newKey);
  const contacts = countOf(audience);
  const isAbout = audience.kind === 'file' && audience.isAbout;
  const foreseen = useOutlook(draft, contacts);
  const errors = {...foreseen.errors, ...said};

  const change = (part: Partial<Draft>, isByPage?: boolean) => {
    enter((before) => ({...before, draft: {...before.draft, ...part}}), isByPage);
    setSaid({});
  };
  const refuse = (error: unknown) => {
    setKey(newKey());
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof Refusal && error.status === 422) setSaid(saidBy(error));
    else failed(error, 'The campaign was not created', 'new campaign');
  };
  const submit = async (start: boolean) => {
    const hasNoCountry = audience.kind === 'file' && audience.file !== null && isNoCountry(audience.region);
    const problems = {...problemsOf(draft), ...(start && contacts === 0 && !hasNoCountry ? {file: nobody(audience)} : {})};
    setSaid(problems);
    if (hasNoCountry || Object.keys(problems).length > 0) {
      focusFirstError();
      return;
    }
    setBusy(start ? 'start' : 'save');
    try {
      await create(start);
    } catch (error) {
      setStage({name: 'form'});
      refuse(error);
      focusFirstError();
    }
    setBusy('');
  };
  const create = async (start: boolean) => {
    const {name = '', agent_id = '', ...fields} = fieldsOf(draft);
    const made = {...fields, name, agent_id};
    if (audience.kind === 'file' && audience.file) {
      const abort = new AbortController();
      setStage({name: 'uploading', share: 0, abort});
      const imported = await uploadFile(audience.file, {...made, ...regionOf(audience.region), start},
                                        (share) => setStage({name: 'uploading', share, abort}), key, abort.signal);
      forgetUnsaved();
      note({campaign: imported.campaign});
      keepReport(imported);
      go(`/campaigns/${imported.campaign.id}/report`, {replace: true});
      return;
    }
    const campaign: Campaign = audience.kind === 'contacts' && audience.ids.size > 0
      ? await campaigns.callContacts({...made, contact_ids: [...audience.ids], start}, key)
      : await campaigns.create(made, key);
    forgetUnsaved();
    note({campaign});
    done(start ? `“${campaign.name}” is started.` : `“${campaign.name}” is saved as a draft.`, 'new campaign');
    go(`/campaigns/${campaign.id}`);
  };

  const head = <ScreenHead title="New campaign" above={
    <a class="breadcrumb" href={href('/campaigns')}><Icon name="back" size={16} />Campaigns</a>} />;
  if (stage.name === 'uploading') {
    return <>{head}<Uploading name={audience.kind === 'file' ? audience.file?.name ?? '' : ''} share={stage.share} onCancel={() => stage.abort.abort()} /></>;
  }
  return (
    <>
      {head}
      <form class="form-layout" noValidate onSubmit={(event) => event.preventDefault()}>
        <div class="form-main">
          <Audience state={audience} draft={draft} error={errors.file} onChange={(next) => {
            enter((before) => ({...before, audience: next}));
            setSaid(({file: _file, ...rest}) => rest);
          }} />
          <CampaignForm draft={draft} errors={errors} onChange={change} />
        </div>
        <aside class="form-aside">
          <OutlookCard outlook={foreseen.outlook} draft={draft} zones={audience.kind === 'file' ? audience.zones : []} contacts={contacts} isAbout={isAbout} />
          {errors.other && <p class="notice is-bad" role="alert">{errors.other}</p>}
          <div class="form-actions">
            <Button kind="primary" icon="play" busy={busy === 'start'} onClick={() => void submit(true)}>
              {startLabel(contacts, isAbout)}
            </Button>
            <Button busy={busy === 'save'} onClick={() => void submit(false)}>Save as draft</Button>
            <ButtonLink kind="quiet" href={href('/campaigns')}>Cancel</ButtonLink>
          </div>
        </aside>
      </form>
    </>
  );
}

/** Why it cannot start. */
const nobody = (audience: AudienceState): string =>
  (audience.kind === 'file' && audience.file && audience.problem) || 'Choose somebody to call first.';

/** To what is to be mended, once it is drawn. */
function focusFirstError(): void {
  setTimeout(() => document.querySelector<HTMLElement>('[aria-invalid], .is-wrong input')?.focus());
}
