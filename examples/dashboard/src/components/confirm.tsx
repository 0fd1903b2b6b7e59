import {signal, useSignal} from '../store/signal';
import {Button} from './button';
import {Dialog} from './dialog';

export interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  /** What the other one says. */
  keep?: string;
  danger?: boolean;
}

const asked = signal<(Question & {answer: (yes: boolean) => void}) | null>(null);

/** Asks before something is done that cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer: (yes) => {
        asked.set(null);
        resolve(yes);
      },
    });
  });
}

/** Where questions appear: once in the page. */
export function ConfirmHost() {
  const question = useSignal(asked);
  if (!question) return null;
  return (
    <Dialog title={question.title} onClose={() => question.answer(false)}
            actions={<>
              <Button onClick={() => question.answer(false)}>{question.keep ?? 'Keep it'}</Button>
              <Button kind={question.danger ? 'danger' : 'primary'} onClick={() => question.answer(true)}>
                {question.action}
              </Button>
            </>}>
      <p>{question.text}</p>
    </Dialog>
  );
}
