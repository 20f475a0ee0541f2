"""Create the agent's tables"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from devices.printing.journal import JOURNAL_INDEXES, JOURNAL_TABLE

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('code_alias',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.AutoString(), nullable=False),
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint('pieces BETWEEN 1 AND 10000', name=op.f('ck_code_alias_pieces')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_alias'))
    )
    with op.batch_alter_table('code_alias', schema=None) as batch_op:
        batch_op.create_index('uq_code_alias_code', ['code'], unique=True)

    op.create_table('unkept_codes',
    sa.Column('reason', sqlmodel.AutoString(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('last_seen', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint("reason IN ('payment', 'person', 'link', 'member')", name=op.f('ck_unkept_codes_reason')),
    sa.PrimaryKeyConstraint('reason', name=op.f('pk_unkept_codes')),
    sqlite_with_rowid=False
    )
    op.create_table('unknown_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.AutoString(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('first_seen', sqlmodel.AutoString(), nullable=False),
    sa.Column('last_seen', sqlmodel.AutoString(), nullable=False),
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('how', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint("how IN ('scanner', 'page')", name=op.f('ck_unknown_code_how')),
    sa.CheckConstraint('seen > 0', name=op.f('ck_unknown_code_seen')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unknown_code'))
    )
    with op.batch_alter_table('unknown_code', schema=None) as batch_op:
        batch_op.create_index('ix_unknown_code_last_seen', ['last_seen'], unique=False)
        batch_op.create_index('uq_unknown_code_code', ['code'], unique=True)

    op.create_table('bag_label',
    sa.Column('order_id', sqlmodel.AutoString(), nullable=False),
    sa.Column('place', sqlmodel.AutoString(), nullable=False),
    sa.Column('bags', sa.Integer(), nullable=False),
    sa.Column('prints', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint('bags BETWEEN 1 AND 9', name=op.f('ck_bag_label_bags')),
    sa.CheckConstraint('length(place) <= 12', name=op.f('ck_bag_label_place')),
    sa.CheckConstraint('prints > 0', name=op.f('ck_bag_label_prints')),
    sa.PrimaryKeyConstraint('order_id', name=op.f('pk_bag_label'))
    )
    op.create_table('print_request',
    sa.Column('id', sqlmodel.AutoString(), nullable=False),
    sa.Column('wish', sqlmodel.AutoString(), nullable=False),
    sa.Column('jobs', sqlmodel.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint('length(id) BETWEEN 8 AND 64', name=op.f('ck_print_request_id')),
    sa.CheckConstraint('length(wish) = 64', name=op.f('ck_print_request_wish')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_request')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('print_request', schema=None) as batch_op:
        batch_op.create_index('ix_print_request_at', ['at'], unique=False)

    op.create_table('demand',
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('till', sa.Integer(), nullable=False),
    sa.Column('online', sa.Integer(), nullable=False),
    sa.CheckConstraint('days >= 0 AND till >= 0 AND online >= 0', name=op.f('ck_demand_counters')),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_demand')),
    sqlite_with_rowid=False
    )
    op.create_table('document',
    sa.Column('ref', sqlmodel.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.AutoString(), nullable=False),
    sa.Column('fingerprint', sqlmodel.AutoString(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint("reason IN ('opening', 'receive')", name=op.f('ck_document_reason')),
    sa.PrimaryKeyConstraint('ref', name=op.f('pk_document'))
    )
    op.create_table('drawer_opening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(), nullable=False),
    sa.Column('till', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('receipt', sa.String(), nullable=False),
    sa.Column('printer', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.CheckConstraint("cause IN ('cash', 'no_sale')", name=op.f('ck_drawer_opening_cause')),
    sa.CheckConstraint("outcome IN ('asked', 'sent', 'failed')", name=op.f('ck_drawer_opening_outcome')),
    sa.CheckConstraint('length(reason) <= 200', name=op.f('ck_drawer_opening_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drawer_opening'))
    )
    with op.batch_alter_table('drawer_opening', schema=None) as batch_op:
        batch_op.create_index('uq_drawer_opening_receipt', ['receipt'], unique=True, sqlite_where=sa.text("receipt <> ''"))

    op.create_table('event',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('chain', sqlmodel.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('rejected', sqlmodel.AutoString(), nullable=True),
    sa.CheckConstraint('length(chain) = 16', name=op.f('ck_event_chain')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_event_seq')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_event'))
    )
    op.create_table('habits',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_habits_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_habits'))
    )
    op.create_table('hold',
    sa.Column('order_id', sqlmodel.AutoString(), nullable=False),
    sa.Column('stage', sqlmodel.AutoString(), nullable=False),
    sa.Column('code_hash', sqlmodel.AutoString(), nullable=False),
    sa.Column('expires_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('closed_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('closed_by', sqlmodel.AutoString(), nullable=False),
    sa.Column('unsure', sa.Integer(), nullable=False),
    sa.Column('prepaid_minor', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.CheckConstraint("prepaid_minor >= 0", name=op.f('ck_hold_prepaid')),
    sa.CheckConstraint("stage IN ('received', 'picking', 'ready', 'closed')", name=op.f('ck_hold_stage')),
    sa.PrimaryKeyConstraint('order_id', name=op.f('pk_hold'))
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index('ix_hold_code_hash', ['code_hash'], unique=False)
        batch_op.create_index('ix_hold_stage_expires_at', ['stage', 'expires_at'], unique=False)
        batch_op.create_index('ix_hold_told_of', ['stage', 'closed_at'], unique=False, sqlite_where=sa.text('body IS NOT NULL'))

    op.create_table('look_now',
    sa.Column('order_id', sqlmodel.AutoString(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('since', sqlmodel.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('order_id', 'line', name=op.f('pk_look_now')),
    sqlite_with_rowid=False
    )
    op.create_table('movement',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('qty', sa.Integer(), nullable=False),
    sa.Column('source', sqlmodel.AutoString(), nullable=False),
    sa.Column('target', sqlmodel.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.AutoString(), nullable=False),
    sa.Column('ref', sqlmodel.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint('qty > 0', name=op.f('ck_movement_qty')),
    sa.CheckConstraint('source <> target', name=op.f('ck_movement_somewhere')),
    sa.PrimaryKeyConstraint('seq', 'place', name=op.f('pk_movement')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('movement', schema=None) as batch_op:
        batch_op.create_index('ix_movement_sku_seq', ['sku', 'seq'], unique=False)

    op.create_table('paired_browser',
    sa.Column('id', sqlmodel.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.AutoString(), nullable=False),
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('paired_by', sqlmodel.AutoString(), nullable=False),
    sa.Column('paired_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('seen_at', sqlmodel.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paired_browser')),
    sa.UniqueConstraint('key', name=op.f('uq_paired_browser_key'))
    )
    op.create_table('position',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('store', sqlmodel.AutoString(), nullable=False),
    sa.Column('sinc', sa.Integer(), nullable=False),
    sa.Column('hinc', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('chain', sqlmodel.AutoString(), nullable=False),
    sa.Column('heard', sa.Integer(), nullable=False),
    sa.Column('dver', sa.Integer(), nullable=False),
    sa.Column('fenced', sa.Integer(), nullable=False),
    sa.Column('stable', sa.Integer(), nullable=False),
    sa.Column('put_back_at', sqlmodel.AutoString(), server_default='', nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_position_one_row')),
    sa.CheckConstraint('length(chain) = 16', name=op.f('ck_position_chain')),
    sa.CheckConstraint('seq >= 0 AND heard >= 0 AND heard <= seq AND dver >= 0', name=op.f('ck_position_counters')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position'))
    )
    op.create_table('product',
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('names', sa.Text(), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('price_minor', sa.Integer(), nullable=True),
    sa.Column('per', sa.Integer(), nullable=False),
    sa.Column('currency', sqlmodel.AutoString(), nullable=False),
    sa.Column('unit', sqlmodel.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.AutoString(), nullable=False),
    sa.Column('shelf', sqlmodel.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.AutoString(), nullable=False),
    sa.Column('image', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint("status IN ('on', 'off')", name=op.f('ck_product_status')),
    sa.CheckConstraint('per > 0', name=op.f('ck_product_per')),
    sa.CheckConstraint('price_minor IS NULL OR price_minor >= 0', name=op.f('ck_product_price')),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_product'))
    )
    op.create_table('receipt_counter',
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('till', 'epoch', name=op.f('pk_receipt_counter')),
    sqlite_with_rowid=False
    )
    op.create_table('self_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sqlmodel.AutoString(), nullable=False),
    sa.Column('began_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('finished_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('took_ms', sa.Integer(), nullable=False),
    sa.Column('counted', sqlmodel.AutoString(), nullable=False),
    sa.Column('findings', sa.Integer(), nullable=False),
    sa.Column('told', sqlmodel.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_self_check'))
    )
    with op.batch_alter_table('self_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_self_check_day'), ['day'], unique=False)

    op.create_table('series',
    sa.Column('name', sqlmodel.AutoString(), nullable=False),
    sa.Column('hinc', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('run_hinc', sa.Integer(), nullable=False),
    sa.Column('run_since', sa.Integer(), nullable=False),
    sa.Column('run_to', sa.Integer(), nullable=False),
    sa.CheckConstraint("name IN ('catalog', 'store')", name=op.f('ck_series_name')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_series'))
    )
    op.create_table('session',
    sa.Column('key', sqlmodel.AutoString(), nullable=False),
    sa.Column('subject', sqlmodel.AutoString(), nullable=False),
    sa.Column('created_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('expires_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('seen_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_session'))
    )
    op.create_table('setting',
    sa.Column('key', sqlmodel.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('staged_entry',
    sa.Column('name', sqlmodel.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'key', name=op.f('pk_staged_entry')),
    sqlite_with_rowid=False
    )
    op.create_table('stock',
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('floor', sa.Integer(), nullable=False),
    sa.Column('staged', sa.Integer(), nullable=False),
    sa.Column('damaged', sa.Integer(), nullable=False),
    sa.Column('granted', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('settled', sa.Integer(), nullable=False),
    sa.Column('open', sa.Integer(), nullable=False),
    sa.Column('frozen', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('granted >= 0 AND returned >= 0 AND settled >= 0 AND open >= 0', name=op.f('ck_stock_counters')),
    sa.CheckConstraint('returned <= granted', name=op.f('ck_stock_rights')),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_stock'))
    )
    op.create_table('store_document',
    sa.Column('id', sqlmodel.AutoString(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.AutoString(), nullable=False),
    sa.Column('number', sqlmodel.AutoString(), nullable=False),
    sa.Column('is_own', sa.Integer(), nullable=False),
    sa.Column('ended_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('ended_by', sqlmodel.AutoString(), nullable=False),
    sa.Column('why', sqlmodel.AutoString(), nullable=False),
    sa.Column('found', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (body IS NOT NULL)", name=op.f('ck_store_document_body')),
    sa.CheckConstraint("state IN ('open', 'booked', 'refused', 'withdrawn')", name=op.f('ck_store_document_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_store_document'))
    )
    with op.batch_alter_table('store_document', schema=None) as batch_op:
        batch_op.create_index('ix_store_document_open', ['id'], unique=False, sqlite_where=sa.text("state = 'open'"))

    op.create_table('ticket',
    sa.Column('id', sqlmodel.AutoString(), nullable=False),
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.AutoString(), nullable=False),
    sa.Column('opened_at', sqlmodel.AutoString(), nullable=False),
    sa.Column('completed_at', sqlmodel.AutoString(), nullable=True),
    sa.Column('currency', sqlmodel.AutoString(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'completed')", name=op.f('ck_ticket_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index('uq_ticket_open_till', ['till'], unique=True, sqlite_where=sa.text("state = 'open'"))

    op.create_table('z_report',
    sa.Column('id', sqlmodel.AutoString(), nullable=False),
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('request', sqlmodel.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.AutoString(), nullable=False),
    sa.Column('receipts', sa.Integer(), nullable=False),
    sa.Column('drawer_through', sa.Integer(), nullable=False),
    sa.Column('job_id', sqlmodel.AutoString(), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_z_report_count')),
    sa.CheckConstraint('receipts >= 0', name=op.f('ck_z_report_receipts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_z_report'))
    )
    with op.batch_alter_table('z_report', schema=None) as batch_op:
        batch_op.create_index('uq_z_report_request', ['request'], unique=True)
        batch_op.create_index('uq_z_report_till_epoch_count', ['till', 'epoch', 'count'], unique=True)

    op.create_table('price_change',
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('old_minor', sa.Integer(), nullable=False),
    sa.Column('old_per', sa.Integer(), nullable=False),
    sa.Column('old_currency', sqlmodel.AutoString(), nullable=False),
    sa.Column('old_unit', sqlmodel.AutoString(), nullable=False),
    sa.Column('since', sqlmodel.AutoString(), nullable=False),
    sa.Column('has_other', sa.Boolean(), nullable=False),
    sa.Column('job_id', sqlmodel.AutoString(), nullable=True),
    sa.CheckConstraint('old_minor >= 0 AND old_per > 0', name=op.f('ck_price_change_old')),
    sa.ForeignKeyConstraint(['sku'], ['product.sku'], name=op.f('fk_price_change_sku_product')),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_price_change'))
    )
    with op.batch_alter_table('price_change', schema=None) as batch_op:
        batch_op.create_index('ix_price_change_job_id', ['job_id'], unique=False)

    op.create_table('gtin',
    sa.Column('gtin', sqlmodel.AutoString(), nullable=False),
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('pieces', sa.Integer(), server_default='1', nullable=False),
    sa.Column('place', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('pieces BETWEEN 1 AND 9999', name=op.f('ck_gtin_pieces')),
    sa.ForeignKeyConstraint(['sku'], ['product.sku'], name=op.f('fk_gtin_sku_product')),
    sa.PrimaryKeyConstraint('gtin', name=op.f('pk_gtin')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('gtin', schema=None) as batch_op:
        batch_op.create_index('ix_gtin_sku', ['sku'], unique=False)

    op.create_table('hold_line',
    sa.Column('order_id', sqlmodel.AutoString(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('qty', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('short', sa.Integer(), nullable=False),
    sa.Column('released', sa.Integer(), nullable=False),
    sa.Column('staged', sa.Integer(), nullable=False),
    sa.CheckConstraint('done + short + released <= qty', name=op.f('ck_hold_line_sum')),
    sa.CheckConstraint('qty > 0 AND done >= 0 AND short >= 0 AND released >= 0 AND staged >= 0', name=op.f('ck_hold_line_counters')),
    sa.ForeignKeyConstraint(['order_id'], ['hold.order_id'], name=op.f('fk_hold_line_order_id_hold')),
    sa.PrimaryKeyConstraint('order_id', 'line', name=op.f('pk_hold_line')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('hold_line', schema=None) as batch_op:
        batch_op.create_index('ix_hold_line_sku', ['sku'], unique=False)
        batch_op.create_index('ix_hold_line_staged', ['order_id'], unique=False, sqlite_where=sa.text('staged > 0'))

    op.create_table('receipt',
    sa.Column('number', sqlmodel.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.AutoString(), nullable=False),
    sa.Column('till', sqlmodel.AutoString(), nullable=False),
    sa.Column('ticket_id', sqlmodel.AutoString(), nullable=True),
    sa.Column('order_id', sqlmodel.AutoString(), nullable=True),
    sa.Column('at', sqlmodel.AutoString(), nullable=False),
    sa.Column('total_minor', sa.Integer(), nullable=False),
    sa.Column('paid_minor', sa.Integer(), nullable=False),
    sa.Column('given_minor', sa.Integer(), nullable=False),
    sa.Column('change_minor', sa.Integer(), nullable=False),
    sa.Column('tender', sqlmodel.AutoString(), nullable=False),
    sa.Column('job_id', sqlmodel.AutoString(), nullable=True),
    sa.Column('z_id', sqlmodel.AutoString(), nullable=True),
    sa.Column('gift_copies', sa.Integer(), server_default='0', nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.CheckConstraint("(kind = 'pickup') = (order_id IS NOT NULL)", name=op.f('ck_receipt_order')),
    sa.CheckConstraint("(kind = 'sale') = (ticket_id IS NOT NULL)", name=op.f('ck_receipt_ticket')),
    sa.CheckConstraint("kind IN ('sale', 'pickup')", name=op.f('ck_receipt_kind')),
    sa.CheckConstraint('gift_copies >= 0', name=op.f('ck_receipt_gift_copies')),
    sa.CheckConstraint('given_minor - change_minor = paid_minor', name=op.f('ck_receipt_change')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_receipt_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_receipt'))
    )
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.create_index('ix_receipt_order_id', ['order_id'], unique=False)
        batch_op.create_index('ix_receipt_uncounted', ['till'], unique=False, sqlite_where=sa.text('z_id IS NULL'))
        batch_op.create_index('uq_receipt_ticket_id', ['ticket_id'], unique=True)

    op.create_table('ticket_line',
    sa.Column('ticket_id', sqlmodel.AutoString(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('sku', sqlmodel.AutoString(), nullable=False),
    sa.Column('gtin', sqlmodel.AutoString(), nullable=False),
    sa.Column('names', sa.Text(), nullable=False),
    sa.Column('unit_minor', sa.Integer(), nullable=False),
    sa.Column('per', sa.Integer(), nullable=False),
    sa.Column('qty', sa.Integer(), nullable=False),
    sa.Column('amount_minor', sa.Integer(), nullable=False),
    sa.Column('price_version', sa.Integer(), nullable=False),
    sa.Column('unit', sqlmodel.AutoString(), nullable=False),
    sa.Column('is_measured', sa.Boolean(), nullable=False),
    sa.Column('cases', sa.Text(), server_default='[]', nullable=False),
    sa.CheckConstraint('qty > 0 AND qty <= 1000000', name=op.f('ck_ticket_line_qty')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_line_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('ticket_id', 'line', name=op.f('pk_ticket_line')),
    sqlite_with_rowid=False
    )
    for statement in (JOURNAL_TABLE, *JOURNAL_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('bag_label')
    with op.batch_alter_table('price_change', schema=None) as batch_op:
        batch_op.drop_index('ix_price_change_job_id')

    op.drop_table('price_change')
    with op.batch_alter_table('print_request', schema=None) as batch_op:
        batch_op.drop_index('ix_print_request_at')

    op.drop_table('print_request')
    op.drop_table('unknown_code')
    op.drop_table('unkept_codes')
    op.drop_table('code_alias')
    op.drop_table('ticket_line')
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.drop_index('uq_receipt_ticket_id')
        batch_op.drop_index('ix_receipt_uncounted', sqlite_where=sa.text('z_id IS NULL'))
        batch_op.drop_index('ix_receipt_order_id')

    op.drop_table('receipt')
    with op.batch_alter_table('hold_line', schema=None) as batch_op:
        batch_op.drop_index('ix_hold_line_staged', sqlite_where=sa.text('staged > 0'))
        batch_op.drop_index('ix_hold_line_sku')

    op.drop_table('hold_line')
    with op.batch_alter_table('gtin', schema=None) as batch_op:
        batch_op.drop_index('ix_gtin_sku')

    op.drop_table('gtin')
    with op.batch_alter_table('z_report', schema=None) as batch_op:
        batch_op.drop_index('uq_z_report_till_epoch_count')
        batch_op.drop_index('uq_z_report_request')

    op.drop_table('z_report')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('uq_ticket_open_till', sqlite_where=sa.text("state = 'open'"))

    op.drop_table('ticket')
    with op.batch_alter_table('store_document', schema=None) as batch_op:
        batch_op.drop_index('ix_store_document_open', sqlite_where=sa.text("state = 'open'"))

    op.drop_table('store_document')
    op.drop_table('stock')
    op.drop_table('staged_entry')
    op.drop_table('setting')
    op.drop_table('session')
    op.drop_table('series')
    op.drop_table('self_check')
    op.drop_table('receipt_counter')
    op.drop_table('product')
    op.drop_table('position')
    op.drop_table('paired_browser')
    with op.batch_alter_table('movement', schema=None) as batch_op:
        batch_op.drop_index('ix_movement_sku_seq')

    op.drop_table('movement')
    op.drop_table('look_now')
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_index('ix_hold_told_of', sqlite_where=sa.text('body IS NOT NULL'))
        batch_op.drop_index('ix_hold_stage_expires_at')
        batch_op.drop_index('ix_hold_code_hash')

    op.drop_table('hold')
    op.drop_table('habits')
    op.drop_table('event')
    with op.batch_alter_table('drawer_opening', schema=None) as batch_op:
        batch_op.drop_index('uq_drawer_opening_receipt', sqlite_where=sa.text("receipt <> ''"))

    op.drop_table('drawer_opening')
    op.drop_table('document')
    op.drop_table('demand')
    op.execute("DROP TABLE print_job")
