import {Empty} from '../../components/empty';
import {ScreenHead} from '../../shell/shell';

export function QueueScreen() {
  return (
    <>
      <ScreenHead title="Queue" />
      <Empty icon="queue" title="This screen comes next" />
    </>
  );
}
