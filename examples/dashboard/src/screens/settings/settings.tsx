import {Empty} from '../../components/empty';
import {ScreenHead} from '../../shell/shell';

export function SettingsScreen() {
  return (
    <>
      <ScreenHead title="Settings" />
      <Empty icon="settings" title="This screen comes next" />
    </>
  );
}
