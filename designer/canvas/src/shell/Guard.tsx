/** Where something breaks while it is drawn, the rest stays: the work is in the store, and goes on being saved. */
import { Component, type ReactNode } from 'react';
import { t } from '../messages';
import { Button } from './ui';

interface Props {
  children: ReactNode;
  /** Changes when there is something else to draw, which then gets its chance. */
  about: string;
  className: string;
}

export class Guard extends Component<Props, { broken: boolean; about: string }> {
  state = { broken: false, about: this.props.about };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  static getDerivedStateFromProps(props: Props, state: { about: string }): { broken?: boolean; about: string } | null {
    return props.about === state.about ? null : { broken: false, about: props.about };
  }

  render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className={this.props.className} role="alert">
        <h2>{t.broken}</h2>
        <p>{t.brokenHint}</p>
        <div>
          <Button onClick={() => this.setState({ broken: false })}>{t.retry}</Button>
        </div>
      </div>
    );
  }
}
