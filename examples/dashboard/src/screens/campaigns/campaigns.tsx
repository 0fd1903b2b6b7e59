import {useMemo, useState} from 'preact/hooks';
import type {Campaign, CampaignStatus} from '../../api/types';
import {ButtonLink} from '../../components/button';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {Icon, type IconName} from '../../components/icon';
import {Tabs} from '../../components/tabs';
import {campaignList, retryNow} from '../../live/live';
import {countByStatus, inOrder} from '../../live/campaign_list';
import {go, here, href} from '../../router';
import {ScreenHead} from '../../shell/shell';
import {useSelected, useSignal} from '../../store/signal';
import {CampaignCard} from './card';

const kTabs: readonly {key: CampaignStatus; label: string}[] = [
  {key: 'active', label: 'Active'},
  {key: 'scheduled', label: 'Scheduled'},
  {key: 'paused', label: 'Paused'},
  {key: 'completed', label: 'Completed'},
  {key: 'draft', label: 'Drafts'},
  {key: 'cancelled', label: 'Cancelled'},
];

const kEmpty: Record<CampaignStatus, {icon: IconName; title: string; text: string}> = {
  active: {icon: 'phone', title: 'No campaign is active', text: 'Start a draft, resume a paused campaign, or make a new one.'},
  scheduled: {icon: 'clock', title: 'Nothing is scheduled', text: 'A campaign whose start date is ahead waits here once it is started.'},
  paused: {icon: 'pause', title: 'Nothing is paused', text: 'Pausing a campaign stops new calls; those that are on finish.'},
  completed: {icon: 'check', title: 'Nothing is completed yet', text: 'A campaign comes here when everybody on its list has been called.'},
  draft: {icon: 'edit', title: 'No drafts', text: 'A new campaign is a draft until you start it.'},
  cancelled: {icon: 'stop', title: 'Nothing was cancelled', text: 'Campaigns that you cancel are kept here with their results.'},
};

export function CampaignsScreen() {
  const list = useSignal(campaignList);
  const query = useSelected(here, (location) => location.query.get('tab'));
  const [search, setSearch] = useState('');
  const counts = useMemo(() => countByStatus(list), [list]);
  const chosen = kTabs.find((tab) => tab.key === query)?.key ?? kTabs.find((tab) => counts[tab.key] > 0)?.key ?? 'active';
  const shown = useMemo(() => inOrder(list).filter((campaign) => campaign.status === chosen && holds(campaign, search)),
                        [list, chosen, search]);
  const isEmpty = list.isComplete && list.byId.size === 0;
  return (
    <>
      <ScreenHead title="Campaigns">
        {list.byId.size > 6 && (
          <label class="search">
            <span class="hidden">Find a campaign by name</span>
            <Icon name="search" />
            <input type="search" placeholder="Find by name" value={search}
                   onInput={(event) => setSearch(event.currentTarget.value)} />
          </label>
        )}
        <ButtonLink kind="primary" icon="plus" href={href('/campaigns/new')}>New campaign</ButtonLink>
      </ScreenHead>
      {isEmpty ? <First /> : (
        <Tabs label="Campaigns by status" chosen={chosen} tabs={kTabs.map((tab) => ({...tab, count: counts[tab.key]}))}
              onChoose={(key) => go(`/campaigns?tab=${key}`, {replace: true})}>
          <Cards shown={shown} chosen={chosen} search={search} isComplete={list.isComplete} error={list.error} />
        </Tabs>
      )}
    </>
  );
}

const holds = (campaign: Campaign, search: string): boolean =>
  campaign.name.toLowerCase().includes(search.trim().toLowerCase());

function Cards({shown, chosen, search, isComplete, error}: {
  shown: readonly Campaign[];
  chosen: CampaignStatus;
  search: string;
  isComplete: boolean;
  error: Error | undefined;
}) {
  if (shown.length > 0) {
    return <ul class="cards">{shown.map((campaign) => <CampaignCard key={campaign.id} campaign={campaign} />)}</ul>;
  }
  if (error && !isComplete) return <Failed error={error} onRetry={retryNow} />;
  if (!isComplete) return <Skeleton lines={4} />;
  if (search) return <Empty icon="search" title={`Nothing here is named “${search}”`}>Look under the other tabs too.</Empty>;
  const {icon, title, text} = kEmpty[chosen];
  return <Empty icon={icon} title={title}>{text}</Empty>;
}

function First() {
  return (
    <Empty icon="campaigns" title="Your first campaign"
           actions={<>
             <ButtonLink kind="primary" icon="upload" href={href('/campaigns/new')}>Upload a list</ButtonLink>
             <ButtonLink icon="contacts" href={href('/contacts')}>Choose from contacts</ButtonLink>
           </>}>
      Upload a spreadsheet with phone numbers, say when people may be called, and press start. You can watch the calls as they happen.
    </Empty>
  );
}
