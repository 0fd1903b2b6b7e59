import {useState} from 'preact/hooks';
import {campaigns} from '../../api/campaigns';
import {Refusal} from '../../api/client';
import type {Campaign} from '../../api/types';
import {changedFields, draftOf, type Errors, problemsOf, saidBy} from '../../campaign_form/draft';
import {CampaignForm} from '../../campaign_form/form';
import {type Beside, Meanwhile} from '../../campaign_form/meanwhile';
import {conflicts, type Edits, edited, keepMine, merged, noEdits, takeTheirs} from '../../campaign_form/merge';
import {OutlookCard, useOutlook} from '../../campaign_form/outlook';
import {Button, ButtonLink} from '../../components/button';
import {done, failed} from '../../components/toast';
import {note} from '../../live/live';
import {go, href} from '../../router';
import {forgetUnsaved, useEntered} from '../../unsaved';

const kChoose = 'What you change here was changed elsewhere meanwhile. Choose at the field what it is to be.';

export function EditTab({campaign}: {campaign: Campaign}) {
  const {id} = campaign;
  // What is changed here, over what the campaign is now: somebody else may change it meanwhile.
  const [edits, edit] = useEntered<Edits>(`edit ${id}`, () => noEdits);
  const base = draftOf(campaign);
  const draft = merged(base, edits);
  const settings = JSON.stringify(base);
  const [begunWith] = useState(settings);
  const [said, setSaid] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const left = Math.max(0, campaign.total_contacts - campaign.completed_calls - campaign.failed_calls);
  const foreseen = useOutlook(draft, left);
  const errors = {...foreseen.errors, ...said};
  const choose = (become: (before: Edits) => Edits) => {
    edit(become);
    setSaid({});
  };
  const beside: Beside = Object.fromEntries(conflicts(base, edits).map((part) => [part, (
    <Meanwhile part={part} campaign={campaign} onMine={() => choose((before) => keepMine(base, before, part))}
               onTheirs={() => choose((before) => takeTheirs(before, part))} />
  )]));
  const save = async () => {
    const problems = problemsOf(draft);
    setSaid(problems);
    if (Object.keys(problems).length > 0) return;
    setBusy(true);
    try {
      // As it is in this instant: the news may be on its way, or there is no connection for it.
      const now = await campaigns.get(id);
      note({campaign: now});
      const theirs = draftOf(now);
      if (conflicts(theirs, edits).length > 0) {
        setSaid({other: kChoose});
        setBusy(false);
        setTimeout(() => document.querySelector<HTMLElement>('.meanwhile button')?.focus());
        return;
      }
      note({campaign: await campaigns.change(id, changedFields(theirs, merged(theirs, edits)))});
      done('Your changes are saved.', 'campaign');
      forgetUnsaved();
      go(`/campaigns/${id}`, {replace: true});
    } catch (error) {
      if (error instanceof Refusal && error.status === 422) setSaid(saidBy(error));
      else failed(error, 'Your changes were not saved');
      setBusy(false);
    }
  };
  return (
    <form class="form-layout" noValidate onSubmit={(event) => event.preventDefault()}>
      <div class="form-main">
        {settings !== begunWith && (
          <p class="notice is-warn" role="status">This campaign has been changed meanwhile, by somebody else or in another window. You see it as it is now; only what you change here is saved.</p>
        )}
        <CampaignForm draft={draft} errors={errors} beside={beside} onChange={(part, isByPage) => {
          edit((before) => edited(base, before, part), isByPage);
          setSaid({});
        }} />
      </div>
      <aside class="form-aside">
        <OutlookCard outlook={foreseen.outlook} draft={draft} contacts={left} isCalling={campaign.status === 'active'} />
        {errors.other && <p class="notice is-bad" role="alert">{errors.other}</p>}
        <div class="form-actions">
          <Button kind="primary" busy={isBusy} onClick={() => void save()}>Save changes</Button>
          <ButtonLink kind="quiet" href={href(`/campaigns/${id}`)}>Cancel</ButtonLink>
        </div>
      </aside>
    </form>
  );
}
