import {Empty} from '../../components/empty';
import {ScreenHead} from '../../shell/shell';

export function CampaignScreen({id}: {id: string; tab?: string}) {
  return (
    <>
      <ScreenHead title="Campaign" />
      <Empty icon="campaigns" title={id} />
    </>
  );
}
