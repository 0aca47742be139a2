"""Who the bank is and whom it knows: branches, staff, parties, relations, coverage."""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import (
    DataClass,
    Mask,
    Table,
    allowed,
    boolean,
    date,
    integer,
    money,
    rate,
    text,
)

C2, C3 = DataClass.C2, DataClass.C3

ORGANISATION = Table(
    "organisation",
    "机构",
    "Organisation: the branch tree",
    ("org_id",),
    (
        text("org_id", "机构号", "Branch number", nullable=False, max_length=40),
        text("name", "机构名称", "Name", nullable=False),
        text("name_en", "英文名称", "Name in English"),
        text("parent_id", "上级机构", "Parent branch", references="organisation.org_id", max_length=40),
        text("kind", "机构类型", "Kind of branch", nullable=False, allowed=allowed(codes.ORGANISATION_KINDS)),
        text("city", "城市", "City"),
        date("opened_on", "成立日期", "Opened on"),
        date("closed_on", "撤并日期", "Closed on"),
    ),
)

STAFF = Table(
    "staff",
    "员工",
    "Staff",
    ("staff_id",),
    (
        text("staff_id", "工号", "Employee number", nullable=False, max_length=40),
        text("name", "姓名", "Name", nullable=False),
        text("org_id", "所在机构", "Branch", nullable=False, references="organisation.org_id", max_length=40),
        text("role", "岗位", "Post", nullable=False, allowed=allowed(codes.ROLES)),
        integer("daily_capacity", "每日可联系客户数", "Customers they can contact a day", minimum=0, maximum=200),
        date("joined_on", "入职日期", "Joined on"),
        date("left_on", "离职日期", "Left on"),
    ),
)

PARTY = Table(
    "party",
    "客户",
    "Party: a person or a company",
    ("party_id",),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("kind", "客户类型", "Person or company", nullable=False, allowed=allowed(codes.PARTY_KINDS)),
        text("name", "姓名/名称", "Name", data_class=C2, mask=Mask.NAME),
        text("sex", "性别", "Sex", allowed=allowed(codes.SEXES)),
        date("birth_date", "出生日期/成立日期", "Born or founded on", data_class=C2),
        text("certificate_kind", "证件类型", "Kind of certificate", allowed=allowed(codes.CERTIFICATE_KINDS)),
        text("certificate_no", "证件号码", "Certificate number", data_class=C3, mask=Mask.CERTIFICATE, max_length=40),
        text("phone", "手机号", "Phone", data_class=C2, mask=Mask.PHONE, max_length=40),
        text("email", "电子邮箱", "E-mail", data_class=C2, mask=Mask.EMAIL),
        text("address", "地址", "Address", data_class=C2, mask=Mask.ADDRESS),
        text("occupation", "职业/行业", "Occupation or industry"),
        text("employer_id", "任职单位客户号", "Employer's customer number", references="party.party_id", max_length=40),
        text("education", "学历", "Education"),
        money("annual_income", "年收入/年营业额", "Yearly income or turnover", minimum=0),
        text("risk_rating", "风险承受能力", "Attitude to risk", allowed=allowed(codes.RISK_RATINGS)),
        date("risk_rated_on", "风险测评日期", "Attitude to risk tested on"),
        text("org_id", "归属机构", "Home branch", nullable=False, references="organisation.org_id", max_length=40),
        text("lead_staff_id", "主办客户经理", "Lead relationship manager", references="staff.staff_id", max_length=40),
        date("since", "建立客户关系日期", "Customer since"),
        date("left_on", "销户日期", "Relationship ended on"),
        boolean("consent_marketing", "同意营销", "Agrees to marketing"),
        boolean("consent_experience", "同意体验改进", "Agrees to improvement of service"),
        boolean("consent_research", "同意调研", "Agrees to research"),
    ),
)

RELATION = Table(
    "relation",
    "客户关系",
    "Relation between two parties",
    ("party_id", "other_id", "kind"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text(
            "other_id",
            "对方客户号",
            "The other's customer number",
            nullable=False,
            references="party.party_id",
            max_length=40,
        ),
        text(
            "kind", "关系", "What the other is to the customer", nullable=False, allowed=allowed(codes.RELATION_KINDS)
        ),
        date("since", "起始日期", "Since"),
        date("until", "终止日期", "Until"),
        rate("share", "持股比例", "Share held", unit="percent", minimum=0, maximum=100),
    ),
)

COVERAGE = Table(
    "coverage",
    "管户关系",
    "Coverage: which staff look after which customer",
    ("party_id", "staff_id", "role"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text("staff_id", "工号", "Employee number", nullable=False, references="staff.staff_id", max_length=40),
        text("role", "管户角色", "Role on the customer", nullable=False, allowed=allowed(codes.COVERAGE_ROLES)),
        date("since", "起始日期", "Since"),
        date("until", "终止日期", "Until"),
    ),
)
