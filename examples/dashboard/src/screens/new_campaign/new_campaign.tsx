import {Empty} from '../../components/empty';
import {ScreenHead} from '../../shell/shell';

export function NewCampaignScreen() {
  return (
    <>
      <ScreenHead title="New campaign" />
      <Empty icon="plus" title="This screen comes next" />
    </>
  );
}
