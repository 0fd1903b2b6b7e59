import {campaigns} from '../../api/campaigns';
import {Refusal} from '../../api/client';
import type {Campaign} from '../../api/types';
import {useCampaignActions} from '../../campaign_actions';
import {Button, ButtonLink} from '../../components/button';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {Icon} from '../../components/icon';
import {Menu} from '../../components/menu';
import {CampaignBadge} from '../../components/status';
import {type Tab, Tabs} from '../../components/tabs';
import {reportOf} from '../../lists/last_report';
import {ImportReportCard} from '../../lists/report';
import {agentNames, campaignList} from '../../live/live';
import {go, href} from '../../router';
import {ScreenHead} from '../../shell/shell';
import {useResource} from '../../store/resource';
import {useSelected} from '../../store/signal';
import {AddListTab} from './add_list';
import {AnalyticsTab} from './analytics';
import {EditTab} from './edit';
import {HistoryTab} from './history';
import {LiveQueueTab} from './live_queue';
import {OverviewTab} from './overview';

type TabKey = 'overview' | 'queue' | 'history' | 'analytics' | 'add' | 'report' | 'edit';

export function CampaignScreen({id, tab = 'overview'}: {id: string; tab?: string}) {
  const listed = useSelected(campaignList, (list) => list.byId.get(id));
  const isComplete = useSelected(campaignList, (list) => list.isComplete);
  // Older than what is kept, or gone.
  const found = useResource(`campaign ${id}`, (signal) => campaigns.get(id, signal),
                            {on: [`campaign:${id}`], enabled: !listed && isComplete});
  const campaign = listed ?? found.data;
  if (campaign) return <Shown campaign={campaign} tab={tab} />;
  if (found.error instanceof Refusal && found.error.status === 404) {
    return <Empty icon="search" title="This campaign is not there any more"
                  actions={<ButtonLink kind="primary" href={href('/campaigns')}>To the campaigns</ButtonLink>} />;
  }
  if (found.error) return <Failed error={found.error} onRetry={found.reload} />;
  return <Skeleton lines={5} />;
}

function Shown({campaign, tab}: {campaign: Campaign; tab: string}) {
  const {id, name, status} = campaign;
  const actions = useCampaignActions(campaign);
  const agent = useSelected(agentNames, (names) => names.get(campaign.agent_id));
  const isFinal = status === 'completed' || status === 'cancelled' || campaign.deleting === true;
  const tabs: Tab<TabKey>[] = [
    {key: 'overview', label: 'Overview'},
    {key: 'queue', label: 'Live queue'},
    {key: 'history', label: 'History'},
    {key: 'analytics', label: 'Analytics'},
  ];
  if (!isFinal) tabs.push({key: 'add', label: 'Add a list'}, {key: 'edit', label: 'Edit'});
  const imported = reportOf(id);
  if (imported) tabs.push({key: 'report', label: 'Last upload'});
  const chosen = tabs.find(({key}) => key === tab)?.key ?? 'overview';
  const {main} = actions;
  return (
    <>
      <ScreenHead title={name} above={<a class="breadcrumb" href={href('/campaigns')}><Icon name="back" size={16} />Campaigns</a>}>
        <CampaignBadge campaign={campaign} />
        {main && (
          <Button icon={main.icon} kind={main.action === 'pause' ? 'plain' : 'primary'} busy={actions.busy}
                  onClick={(event) => void actions.run(main.action, event)}>{main.label}</Button>
        )}
        <Menu label={`More for ${name}`} items={actions.menu.filter(({label}) => label !== 'Edit')} />
      </ScreenHead>
      <Tabs label="About this campaign" tabs={tabs} chosen={chosen}
            onChoose={(key) => go(key === 'overview' ? `/campaigns/${id}` : `/campaigns/${id}/${key}`, {replace: true})}>
        {chosen === 'overview' && <OverviewTab campaign={campaign} agent={agent} actions={actions} />}
        {chosen === 'queue' && <LiveQueueTab campaign={campaign} />}
        {chosen === 'history' && <HistoryTab campaign={campaign} />}
        {chosen === 'analytics' && <AnalyticsTab campaign={campaign} />}
        {chosen === 'add' && <AddListTab campaign={campaign} />}
        {chosen === 'report' && imported && <ImportReportCard campaign={campaign} imported={imported} />}
        {chosen === 'edit' && <EditTab campaign={campaign} />}
      </Tabs>
    </>
  );
}
