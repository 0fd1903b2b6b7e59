import {Empty} from '../../components/empty';
import {ScreenHead} from '../../shell/shell';

export function ContactsScreen() {
  return (
    <>
      <ScreenHead title="Contacts" />
      <Empty icon="contacts" title="This screen comes next" />
    </>
  );
}
